import GoText

extension TemplateParser {
    mutating func parsePipeline(
        _ context: String,
        until end: TemplateToken.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("pipelines nested too deep") }
        var pipeline = TemplatePipeline(offset: peekPastSpace().offset)
        try parseVariables(into: &pipeline, context)
        while true {
            skipSpace()
            let token = peek()
            if token.kind == end {
                position += 1
                guard !pipeline.commands.isEmpty else {
                    throw error("missing value for \(context)")
                }
                variables += pipeline.isAssignment ? [] : pipeline.variables
                guard variables.count <= Self.maximumVariables else {
                    throw error("more than \(Self.maximumVariables) variables")
                }
                return pipeline
            }
            let stage = pipeline.commands.count + 1
            guard let command = try parseCommand(isFirst: stage == 1, stage: stage) else {
                throw unexpected(token, context)
            }
            pipeline.commands.append(command)
        }
    }

    private mutating func parseVariables(
        into pipeline: inout TemplatePipeline,
        _ context: String
    ) throws(TemplateError) {
        while peekPastSpace().kind == .variable {
            let start = position
            skipSpace()
            let variable = next()
            skipSpace()
            switch peek().kind {
            case .declare, .assign:
                pipeline.isAssignment = peek().kind == .assign
                position += 1
                pipeline.variables.append(variable.text)
                return
            case .comma:
                position += 1
                pipeline.variables.append(variable.text)
                guard context == "range", pipeline.variables.count < 2 else {
                    throw error("too many declarations in \(context)")
                }
                guard peekPastSpace().kind == .variable else {
                    throw error("range can only initialize variables")
                }
            default:
                position = start
                guard pipeline.variables.isEmpty else {
                    throw error("range can only initialize variables")
                }
                return
            }
        }
    }

    /// - Returns: nil if no operand begins here.
    private mutating func parseCommand(
        isFirst: Bool,
        stage: Int
    ) throws(TemplateError) -> TemplateCommand? {
        var operands: [TemplateOperand] = []
        while let operand = try parseOperand() {
            operands.append(operand)
            guard peek().kind == .space else { break }
            skipSpace()
        }
        guard let first = operands.first else { return nil }
        let token = peek()
        switch token.kind {
        case .pipe: position += 1
        case .rightDelimiter, .rightParenthesis: break
        default: throw unexpected(token, "operand")
        }
        if !isFirst, !first.isExecutable {
            throw error("non executable command in pipeline stage \(stage)")
        }
        return TemplateCommand(first: first, arguments: Array(operands.dropFirst()))
    }

    // MARK: Operands

    private mutating func parseOperand() throws(TemplateError) -> TemplateOperand? {
        skipSpace()
        guard let term = try parseTerm() else { return nil }
        let offset = peek().offset
        var names: [String] = []
        while peek().kind == .field { names.append(String(next().text.dropFirst())) }
        guard !names.isEmpty else { return term }
        switch term.kind {
        case .literal, .overflowing, .dot:
            throw error("unexpected . after term \(term.description.goQuoted)")
        case .fields(let base, let first):
            return TemplateOperand(kind: .fields(base, first + names), offset: offset)
        case .variable, .function, .pipeline:
            return TemplateOperand(kind: .fields(term, names), offset: offset)
        }
    }

    private mutating func parseTerm() throws(TemplateError) -> TemplateOperand? {
        let token = next()
        guard let kind = try operandKind(of: token) else { return nil }
        if case .pipeline(let pipeline) = kind {
            return TemplateOperand(kind: kind, offset: pipeline.offset)
        }
        return TemplateOperand(kind: kind, offset: token.offset)
    }

    private mutating func operandKind(
        of token: TemplateToken
    ) throws(TemplateError) -> TemplateOperand.Kind? {
        switch token.kind {
        case .dot: return .dot
        case .field:
            let dot = TemplateOperand(kind: .dot, offset: token.offset)
            return .fields(dot, [String(token.text.dropFirst())])
        case .string: return .literal(.string(token.text), written: token.source)
        case .character:
            let value = Int64(token.text.unicodeScalars.first?.value ?? 0)
            return .literal(.integer(value), written: token.source)
        case .number: return try number(token)
        case .variable:
            guard variables.contains(token.text) else {
                throw error("undefined variable \"\(token.text)\"")
            }
            return .variable(token.text)
        case .identifier: return try word(token)
        case .leftParenthesis:
            return .pipeline(
                try parsePipeline("parenthesized pipeline", until: .rightParenthesis)
            )
        default:
            position -= 1
            return nil
        }
    }

    private mutating func word(
        _ token: TemplateToken
    ) throws(TemplateError) -> TemplateOperand.Kind? {
        switch token.text {
        case "true", "false":
            return .literal(.bool(token.text == "true"), written: token.text)
        case "nil": return .literal(.nothing, written: token.text)
        case _ where Self.keywords.contains(token.text):
            position -= 1
            return nil
        default:
            if let function = TemplateFunction(rawValue: token.text) { return .function(function) }
            throw error("function \"\(token.text)\" not defined")
        }
    }

    private func number(_ token: TemplateToken) throws(TemplateError) -> TemplateOperand.Kind {
        let text = token.text
        if let integer = GoLiteral.integer(text) {
            return .literal(.integer(integer), written: text)
        }
        if UInt64(text) != nil, !text.hasPrefix("0") { return .overflowing(text) }
        guard let number = GoLiteral.number(text) else {
            if Double(text)?.isInfinite == true {
                throw error("illegal number syntax: \(text.goQuoted)")
            }
            throw error("bad number syntax: \(text.goQuoted)")
        }
        guard text.contains(where: ".eEpP".contains) else {
            throw error("integer overflow: \(text.goQuoted)")
        }
        return .literal(.number(number), written: text)
    }
}

extension TemplateOperand {
    /// Whether it may follow a pipe. Whether it takes the argument, Go finds out only when it runs.
    fileprivate var isExecutable: Bool {
        switch kind {
        case .literal, .overflowing, .dot: false
        case .variable, .function, .pipeline, .fields: true
        }
    }
}
