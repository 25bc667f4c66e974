import GoText
import Time

extension Parser {
    // MARK: Numbers

    /// Consumes the current token, a number or a duration.
    mutating func number() throws(ParseError) -> NumberLiteral {
        let token = advance()
        if token.kind == .duration {
            do throws(PrometheusDuration.ParseError) {
                let duration = try PrometheusDuration.parse(token.text)
                return NumberLiteral(
                    Double(duration.wholeMilliseconds) / 1000,
                    isDuration: true,
                    origin: origin(of: token)
                )
            } catch {
                throw self.error(error.messageOfParser, at: token)
            }
        }
        guard let value = NumberText.value(of: token.text) else {
            let reason =
                Double(token.text)?.isInfinite == true ? "value out of range" : "invalid syntax"
            throw error(
                "error parsing number: strconv.ParseFloat: parsing "
                    + "\(token.text.goQuoted): \(reason)",
                at: token
            )
        }
        return NumberLiteral(value, origin: origin(of: token))
    }

    mutating func signedNumber(
        in context: String,
        expected: String
    ) throws(ParseError) -> Double {
        var sign = 1.0
        if case .binaryOperator(let operation) = current.kind,
            operation == .add || operation == .subtract
        {
            sign = operation == .subtract ? -1 : 1
            advance()
        }
        guard current.kind == .number || current.kind == .duration else {
            throw unexpected(in: context, expected: expected)
        }
        return sign * (try number().value)
    }

    // MARK: Strings

    /// Consumes the current token, a string whose escapes the lexer has checked.
    mutating func string() -> StringLiteral {
        let token = advance()
        let inner = token.text.utf8.dropFirst().dropLast()
        let bytes = token.text.hasPrefix("`") ? Array(inner) : Parser.unescaped(Array(inner))
        if let text = String(validating: bytes, as: UTF8.self) {
            return StringLiteral(text, origin: origin(of: token))
        }
        return StringLiteral(
            String(decoding: bytes, as: UTF8.self),
            isWellFormed: false,
            origin: origin(of: token)
        )
    }

    private static let simpleEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 0x07, UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0c,
        UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d, UInt8(ascii: "t"): 0x09,
        UInt8(ascii: "v"): 0x0b,
    ]

    private static func unescaped(_ escaped: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(escaped.count)
        var rest = escaped[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                result.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "x"): result.append(UInt8(truncatingIfNeeded: code(2, 16, &rest)))
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                rest = escaped[(rest.startIndex - 1)...]
                result.append(UInt8(truncatingIfNeeded: code(3, 8, &rest)))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let digits = kind == UInt8(ascii: "u") ? 4 : 8
                let scalar = Unicode.Scalar(code(digits, 16, &rest)) ?? "\u{FFFD}"
                result.append(contentsOf: Array(String(scalar).utf8))
            default: result.append(simpleEscapes[kind] ?? kind)
            }
        }
        return result
    }

    private static func code(_ digits: Int, _ base: UInt32, _ rest: inout ArraySlice<UInt8>)
        -> UInt32
    {
        rest.prefix(digits).reduce(into: 0) { code, byte in
            code = code * base + UInt32(byte.hexadecimalDigit ?? 0)
            rest.removeFirst()
        }
    }

    // MARK: Durations

    /// Parses a duration inside brackets, which must be positive if its value is known.
    mutating func rangeSpan(
        in context: String,
        expected: String
    ) throws(ParseError) -> TimeSpan {
        let first = current
        let duration = try durationExpression(in: context, expected: expected)
        guard case .literal(let number) = duration else { return .computed(duration) }
        guard TimeSpan.milliseconds(ofSeconds: number.value) > 0 else {
            throw error("duration must be greater than 0", at: first)
        }
        return .fixed(milliseconds: TimeSpan.milliseconds(ofSeconds: number.value))
    }

    /// Parses a duration after `offset`. It ends before any operator: `x offset 5m + 1` adds 1 to
    /// `x`.
    mutating func offsetSpan() throws(ParseError) -> TimeSpan {
        let (context, expected) = ("offset", "number, duration, step(), or range()")
        let duration = try durationOperand(
            in: context,
            expected: expected,
            signed: { parser throws(ParseError) in
                try parser.durationOperand(in: context, expected: expected, signed: nil)
            }
        )
        guard case .literal(let number) = duration else { return .computed(duration) }
        return .fixed(milliseconds: TimeSpan.milliseconds(ofSeconds: number.value))
    }

    private mutating func durationExpression(
        in context: String,
        expected: String,
        precedence: Int = 0
    ) throws(ParseError) -> DurationExpression {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Parser.maximumDepth else { throw tooDeep }
        var left = try durationOperand(
            in: context,
            expected: expected,
            signed: { parser throws(ParseError) in
                try parser.durationExpression(
                    in: context,
                    expected: expected,
                    precedence: BinaryOperator.unaryPrecedence + 1
                )
            }
        )
        var count = 0
        while case .binaryOperator(let operation) = current.kind, operation.isArithmetic,
            operation != .atan2, operation.precedence >= precedence
        {
            count += 1
            guard nesting + count <= Parser.maximumDepth else { throw tooDeep }
            let token = advance()
            let right = try durationExpression(
                in: context,
                expected: expected,
                precedence: operation.precedence + (operation.isRightAssociative ? 0 : 1)
            )
            try checkAllowed(at: token)
            try checkDivision(operation, by: right, at: token)
            left = .binary(operation, left, right)
        }
        return left
    }

    private func checkAllowed(at token: Token) throws(ParseError) {
        guard options.allowsDurationExpressions else {
            throw error("experimental duration expression is not enabled", at: token)
        }
    }

    private func checkDivision(
        _ operation: BinaryOperator,
        by divisor: DurationExpression,
        at token: Token
    ) throws(ParseError) {
        guard case .literal(let number) = divisor, number.value == 0 else { return }
        if operation == .divide { throw error("division by zero", at: token) }
        if operation == .modulo { throw error("modulo by zero", at: token) }
    }

    /// Parses a literal, `step()`, `min_of(…)` or parentheses with an optional sign. `signed`
    /// parses the operand of the sign, which differs between the callers.
    private mutating func durationOperand(
        in context: String,
        expected: String,
        signed: ((inout Parser) throws(ParseError) -> DurationExpression)?
    ) throws(ParseError) -> DurationExpression {
        let first = current
        switch current.kind {
        case .number, .duration:
            let number = try number()
            // The range of Go's `time.Duration`.
            guard number.value.magnitude <= 0x1p63 / 1e9 else {
                throw error("duration out of range", at: first)
            }
            return .literal(number)
        case .binaryOperator(let sign) where sign == .add || sign == .subtract:
            guard let signed else { throw unexpected(in: context, expected: expected) }
            advance()
            return Parser.signed(try signed(&self), isNegative: sign == .subtract)
        case .leftParenthesis:
            advance()
            let inner = try durationExpression(in: context, expected: expected)
            try checkAllowed(at: first)
            guard accept(.rightParenthesis) else { throw unexpected() }
            return .parentheses(inner)
        case .timeWord(let word) where word != .start && word != .end:
            return try durationCall(word, in: context, expected: expected)
        default: throw unexpected(in: context, expected: expected)
        }
    }

    private static func signed(
        _ operand: DurationExpression,
        isNegative: Bool
    ) -> DurationExpression {
        guard isNegative else { return operand }
        guard case .literal(var number) = operand else { return .negation(operand) }
        number.negate()
        return .literal(number)
    }

    private mutating func durationCall(
        _ word: Token.TimeWord,
        in context: String,
        expected: String
    ) throws(ParseError) -> DurationExpression {
        let token = advance()
        try checkAllowed(at: token)
        guard accept(.leftParenthesis) else { throw unexpected() }
        guard word == .minimum || word == .maximum else {
            guard accept(.rightParenthesis) else { throw unexpected() }
            return word == .step ? .step : .range
        }
        let left = try durationExpression(in: context, expected: expected)
        guard accept(.comma) else { throw unexpected() }
        let right = try durationExpression(in: context, expected: expected)
        guard accept(.rightParenthesis) else { throw unexpected() }
        return word == .minimum ? .minimum(left, right) : .maximum(left, right)
    }
}

extension PrometheusDuration.ParseError {
    /// Prometheus' expression parser reports a number with too many digits as malformed.
    fileprivate var messageOfParser: String {
        guard case .numberOutOfRange(let text) = self else { return description }
        return Self.malformed(text).description
    }
}
