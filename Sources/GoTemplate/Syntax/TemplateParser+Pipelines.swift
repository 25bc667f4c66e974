extension TemplateParser {
    mutating func parsePipeline(
        _ context: String,
        until end: TemplateToken.Kind
    ) throws(TemplateError) -> TemplatePipeline {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("pipelines nested too deep") }
        var pipeline = TemplatePipeline()
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
                if pipeline.isAssignment {
                    for name in pipeline.variables where !variables.contains(name) {
                        throw error("undefined variable \"\(name)\"")
                    }
                }
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
        let start = position
        var operands: [TemplateOperand] = []
        while let operand = try parseOperand() {
            operands.append(operand)
            guard peek().kind == .space else { break }
            skipSpace()
        }
        let end = position
        guard let first = operands.first else { return nil }
        let token = peek()
        switch token.kind {
        case .pipe:
            position += 1
            let following = peekPastSpace()
            if following.kind == .rightDelimiter || following.kind == .rightParenthesis {
                throw error("missing value for command")
            }
        case .rightDelimiter, .rightParenthesis: break
        default: throw unexpected(token, "operand")
        }
        let text = tokens[start..<end].map(\.source).joined()
        let command = TemplateCommand(
            first: first,
            arguments: Array(operands.dropFirst()),
            text: String(text.drop { $0 == " " })
        )
        try check(command, isFirst: isFirst, stage: stage)
        return command
    }

    private func check(
        _ command: TemplateCommand,
        isFirst: Bool,
        stage: Int
    ) throws(TemplateError) {
        let argumentCount = command.arguments.count + (isFirst ? 0 : 1)
        switch command.first {
        case .function(let function): try check(function, argumentCount: argumentCount)
        case .literal, .dot:
            if !isFirst { throw error("non executable command in pipeline stage \(stage)") }
            if argumentCount > 0 {
                throw error("can't give argument to non-function \(command.text)")
            }
        case .variable, .pipeline, .fields:
            if argumentCount > 0 {
                throw error("can't give argument to non-function \(command.text)")
            }
        }
    }

    private func check(
        _ function: TemplateFunction,
        argumentCount: Int
    ) throws(TemplateError) {
        let arity = function.arity
        guard !arity.contains(argumentCount) else { return }
        let wanted =
            arity.upperBound == .max ? "at least \(arity.lowerBound)" : "\(arity.lowerBound)"
        throw error(
            "wrong number of args for \(function.rawValue): want \(wanted) got \(argumentCount)"
        )
    }

    // MARK: Operands

    private mutating func parseOperand() throws(TemplateError) -> TemplateOperand? {
        skipSpace()
        guard let term = try parseTerm() else { return nil }
        var names: [String] = []
        while peek().kind == .field { names.append(String(next().text.dropFirst())) }
        guard !names.isEmpty else { return term }
        if case .literal = term { throw error("unexpected . after term") }
        if case .fields(let base, let first) = term { return .fields(base, first + names) }
        return .fields(term, names)
    }

    private mutating func parseTerm() throws(TemplateError) -> TemplateOperand? {
        let token = next()
        switch token.kind {
        case .dot: return .dot
        case .field: return .fields(.dot, [String(token.text.dropFirst())])
        case .string: return .literal(.string(token.text))
        case .character:
            return .literal(.integer(Int64(token.text.unicodeScalars.first?.value ?? 0)))
        case .number: return .literal(try number(token))
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

    private mutating func word(_ token: TemplateToken) throws(TemplateError) -> TemplateOperand? {
        switch token.text {
        case "true", "false": return .literal(.bool(token.text == "true"))
        case "nil": return .literal(.nothing)
        case _ where Self.keywords.contains(token.text):
            position -= 1
            return nil
        default:
            if let function = TemplateFunction(rawValue: token.text) { return .function(function) }
            throw error("function \"\(token.text)\" not defined")
        }
    }

    private func number(_ token: TemplateToken) throws(TemplateError) -> TemplateValue {
        if let integer = GoLiteral.integer(token.text) { return .integer(integer) }
        if let number = GoLiteral.number(token.text) { return .number(number) }
        throw error("bad number syntax: \"\(token.text)\"")
    }
}
