import Series

/// Splits the text of an expression into tokens, with the modes and error messages of Prometheus'
/// lexer (promql/parser/lex.go).
///
/// The meaning of a character depends on its context: inside braces, keywords are plain
/// identifiers; inside brackets, only durations are valid.
struct Lexer {
    let source: SourceText
    var offset = 0
    /// The start of the current token.
    private(set) var start = 0

    private var parenthesisDepth = 0
    private var isInsideBraces = false
    private var isInsideBrackets = false
    private var hasColonInBrackets = false
    /// Whether a duration has been read inside the brackets. Before that, messages mention a
    /// "duration expression".
    private var hasDurationInBrackets = false

    /// All tokens. The last one is of kind `endOfInput` or `invalid`.
    static func tokens(of source: SourceText) -> [Token] {
        var lexer = Lexer(source: source)
        var tokens: [Token] = []
        while true {
            let token = lexer.next()
            tokens.append(token)
            switch token.kind {
            case .endOfInput, .invalid: return tokens
            default: continue
            }
        }
    }

    private mutating func next() -> Token {
        skipSpaceAndComments()
        start = offset
        let kind = isInsideBraces ? tokenInsideBraces() : token()
        return Token(kind: kind, text: source.text(start..<offset), offset: start)
    }

    private mutating func skipSpaceAndComments() {
        while let byte = peek() {
            if byte.isSpace {
                offset += 1
            } else if byte == UInt8(ascii: "#") {
                while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
                    offset += 1
                }
            } else {
                return
            }
        }
    }

    // MARK: Outside braces

    private mutating func token() -> Token.Kind {
        guard let byte = peek() else { return endOfInput() }
        if isInsideBrackets, !hasDurationInBrackets, let problem = notADuration(byte) {
            return problem
        }
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
            hasDurationInBrackets = isInsideBrackets
            return numberOrDuration()
        }
        if byte.isLetter || byte == UInt8(ascii: ":") {
            return isInsideBrackets ? wordInsideBrackets(byte) : word()
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return string(quote: byte)
        default: return punctuation(byte)
        }
    }

    private func endOfInput() -> Token.Kind {
        if isInsideBrackets, !hasDurationInBrackets {
            return .invalid("unexpected end of input in duration expression")
        }
        if parenthesisDepth > 0 { return .invalid("unclosed left parenthesis") }
        if isInsideBrackets { return .invalid("unclosed left bracket") }
        return .endOfInput
    }

    /// The error if a character right after the opening bracket cannot be part of a duration.
    private func notADuration(_ byte: UInt8) -> Token.Kind? {
        let isPossible =
            byte.isDigit || byte.isLetter
            || [UInt8](".+-*/%^(),]".utf8).contains(byte)
        if isPossible { return nil }
        if byte == UInt8(ascii: ":") {
            return .invalid("unexpected colon before duration in duration expression")
        }
        return .invalid("unexpected character in duration expression: \(rune(at: offset))")
    }

    private mutating func wordInsideBrackets(_ byte: UInt8) -> Token.Kind {
        if byte == UInt8(ascii: ":") {
            if hasColonInBrackets { return .invalid("unexpected colon ':'") }
            hasColonInBrackets = true
            return take(1, .colon)
        }
        let first = rune(at: offset)
        let problem: Token.Kind =
            hasDurationInBrackets
            ? .invalid("unexpected character: \(first), expected ':'")
            : .invalid("unexpected character in duration expression: \(first)")
        skip { $0.isLetterOrDigit }
        switch Token.words[source.text(start..<offset).lowercased()] {
        case .timeWord(let word) where word != .start && word != .end:
            hasDurationInBrackets = true
            return .timeWord(word)
        default: return problem
        }
    }

    private mutating func word() -> Token.Kind {
        skip { $0.isLetterOrDigit || $0 == UInt8(ascii: ":") }
        let text = source.text(start..<offset)
        switch Token.words[text.lowercased()] {
        case .keyword(.fill)?, .keyword(.fillLeft)?, .keyword(.fillRight)?:
            // These keywords were added late; metrics with these names must continue to work.
            guard let next = nextNonSpace(), next == UInt8(ascii: "(") else { return .identifier }
            return Token.words[text.lowercased()] ?? .identifier
        case let kind?: return kind
        case nil: return text.utf8.contains(UInt8(ascii: ":")) ? .metricIdentifier : .identifier
        }
    }

    private func nextNonSpace() -> UInt8? {
        source.bytes[offset...].first { !$0.isSpace }
    }

    private mutating func punctuation(_ byte: UInt8) -> Token.Kind {
        switch byte {
        case UInt8(ascii: ","): take(1, .comma)
        case UInt8(ascii: "*"): take(1, .binaryOperator(.multiply))
        case UInt8(ascii: "/"): take(1, .binaryOperator(.divide))
        case UInt8(ascii: "%"): take(1, .binaryOperator(.modulo))
        case UInt8(ascii: "+"): take(1, .binaryOperator(.add))
        case UInt8(ascii: "-"): take(1, .binaryOperator(.subtract))
        case UInt8(ascii: "^"): take(1, .binaryOperator(.power))
        case UInt8(ascii: "@"): take(1, .at)
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "<"), UInt8(ascii: ">"):
            comparison(byte)
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "["),
            UInt8(ascii: "]"):
            bracket(byte)
        default: .invalid("unexpected character: \(rune(at: offset))")
        }
    }

    private mutating func comparison(_ byte: UInt8) -> Token.Kind {
        let isFollowedByEquals = peek(1) == UInt8(ascii: "=")
        switch byte {
        case UInt8(ascii: "="):
            if peek(1) == UInt8(ascii: "~") {
                return .invalid("unexpected character after '=': '~'")
            }
            return isFollowedByEquals ? take(2, .binaryOperator(.equal)) : take(1, .equals)
        case UInt8(ascii: "!"):
            guard isFollowedByEquals else {
                return .invalid("unexpected character after '!': \(rune(at: offset + 1))")
            }
            return take(2, .binaryOperator(.notEqual))
        case UInt8(ascii: "<"):
            return isFollowedByEquals
                ? take(2, .binaryOperator(.lessOrEqual)) : take(1, .binaryOperator(.less))
        default:
            return isFollowedByEquals
                ? take(2, .binaryOperator(.greaterOrEqual)) : take(1, .binaryOperator(.greater))
        }
    }

    private mutating func bracket(_ byte: UInt8) -> Token.Kind {
        switch byte {
        case UInt8(ascii: "("):
            parenthesisDepth += 1
            return take(1, .leftParenthesis)
        case UInt8(ascii: ")"):
            parenthesisDepth -= 1
            if parenthesisDepth >= 0 { return take(1, .rightParenthesis) }
            // Prometheus reports this error after the parenthesis.
            start += 1
            return take(1, .invalid("unexpected right parenthesis ')'"))
        case UInt8(ascii: "{"):
            isInsideBraces = true
            return take(1, .leftBrace)
        case UInt8(ascii: "["):
            if isInsideBrackets { return .invalid("unexpected left bracket '['") }
            isInsideBrackets = true
            hasColonInBrackets = false
            hasDurationInBrackets = false
            return take(1, .leftBracket)
        default:
            if !isInsideBrackets { return .invalid("unexpected right bracket ']'") }
            isInsideBrackets = false
            return take(1, .rightBracket)
        }
    }

    // MARK: Inside braces

    private mutating func tokenInsideBraces() -> Token.Kind {
        guard let byte = peek() else {
            return .invalid("unexpected end of input inside braces")
        }
        if byte.isLetter {
            skip { $0.isLetterOrDigit }
            return .identifier
        }
        switch byte {
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return string(quote: byte)
        case UInt8(ascii: "="):
            return peek(1) == UInt8(ascii: "~") ? take(2, .regexMatch) : take(1, .equals)
        case UInt8(ascii: "!"):
            switch peek(1) {
            case UInt8(ascii: "~"): return take(2, .regexMismatch)
            case UInt8(ascii: "="): return take(2, .binaryOperator(.notEqual))
            default:
                let next = rune(at: offset + 1)
                return .invalid("unexpected character after '!' inside braces: \(next)")
            }
        case UInt8(ascii: "{"): return .invalid("unexpected left brace '{'")
        case UInt8(ascii: "}"):
            isInsideBraces = false
            return take(1, .rightBrace)
        default: return .invalid("unexpected character inside braces: \(rune(at: offset))")
        }
    }

    // MARK: Characters

    func peek(_ distance: Int = 0) -> UInt8? {
        offset + distance < source.bytes.count ? source.bytes[offset + distance] : nil
    }

    mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = peek(), condition(byte) { offset += 1 }
    }

    private mutating func take(_ count: Int, _ kind: Token.Kind) -> Token.Kind {
        offset += count
        return kind
    }

    func rune(at offset: Int) -> String {
        source.scalar(at: offset)?.quotedAsRune ?? "'\u{FFFD}'"
    }
}

extension UInt8 {
    var isSpace: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\n")
            || self == UInt8(ascii: "\r")
    }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// ASCII letters and the underscore.
    var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) || self == UInt8(ascii: "_")
    }

    var isLetterOrDigit: Bool { isLetter || isDigit }

    /// The value of a hexadecimal digit, or nil for other characters.
    var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
