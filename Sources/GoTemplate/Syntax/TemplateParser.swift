import GoText

/// Builds the syntax tree of a template from its tokens. Refuses what Go's parser refuses, because
/// Prometheus loads everything else.
struct TemplateParser {
    static let keywords: Set<String> = [
        "if", "else", "end", "range", "with", "break", "continue", "define", "template", "block",
        "nil",
    ]
    /// The parser and the evaluator are recursive; no rule that a person wrote nests this deep.
    static let maximumDepth = 50

    /// In one scope. Each use of a variable searches them.
    static let maximumVariables = 1_000

    let tokens: [TemplateToken]
    private let name: String
    var position = 0
    var depth = 0
    private var loops = 0
    /// The templates that `{{ define }}` and `{{ block }}` name.
    private var definitions: [String: [TemplateNode]] = [:]
    var variables = ["$", "$labels", "$externalLabels", "$externalURL", "$value"]

    init(_ tokens: [TemplateToken], name: String) {
        self.tokens = tokens
        self.name = name
    }

    mutating func parse() throws(TemplateError) -> (
        nodes: [TemplateNode], definitions: [String: [TemplateNode]]
    ) {
        let (nodes, terminator) = try parseList()
        guard case .endOfText = terminator else { throw error("unexpected \(terminator.text)") }
        return (nodes, definitions)
    }

    // MARK: Actions

    /// What ended a list of nodes.
    private enum Terminator {
        case endOfText
        case end
        /// `{{else}}`, with what follows the word: `if`, `with` or nothing.
        case otherwise(String?)

        var text: String {
            switch self {
            case .endOfText: "EOF"
            case .end: "{{end}}"
            case .otherwise: "{{else}}"
            }
        }
    }

    private mutating func parseList() throws(TemplateError) -> ([TemplateNode], Terminator) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("actions nested too deep") }
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        var nodes: [TemplateNode] = []
        while true {
            let token = next()
            switch token.kind {
            case .text: nodes.append(.text(token.text))
            case .end: return (nodes, .endOfText)
            case .leftDelimiter:
                if let terminator = try parseTerminator() { return (nodes, terminator) }
                if let node = try parseAction() { nodes.append(node) }
            default: throw unexpected(token, "input")
            }
        }
    }

    private mutating func parseTerminator() throws(TemplateError) -> Terminator? {
        let token = peekPastSpace()
        guard token.kind == .identifier else { return nil }
        switch token.text {
        case "end":
            skipSpace()
            position += 1
            try expectEndOfAction("end")
            return .end
        case "else":
            skipSpace()
            position += 1
            let follower = peekPastSpace()
            guard follower.kind == .identifier, follower.text == "if" || follower.text == "with"
            else {
                try expectEndOfAction("else")
                return .otherwise(nil)
            }
            skipSpace()
            position += 1
            return .otherwise(follower.text)
        default: return nil
        }
    }

    /// - Returns: nil for a definition, which prints nothing itself.
    private mutating func parseAction() throws(TemplateError) -> TemplateNode? {
        skipSpace()
        let token = peek()
        guard token.kind == .identifier, Self.keywords.contains(token.text) else {
            return .action(try parsePipeline("command", until: .rightDelimiter))
        }
        position += 1
        switch token.text {
        case "if": return .conditional(try parseBranch("if"))
        case "with": return .with(try parseBranch("with"))
        case "range":
            loops += 1
            defer { loops -= 1 }
            return .range(try parseBranch("range"))
        case "break", "continue":
            guard loops > 0 else { throw error("{{\(token.text)}} outside {{range}}") }
            try expectEndOfAction(token.text)
            return token.text == "break" ? .exitLoop : .nextIteration
        case "define":
            // Go allows definitions only at the top level.
            guard depth == 1 else { throw error("unexpected <define> in command") }
            let name = try templateName("define clause")
            try expectEndOfAction("define clause")
            try define(name.text)
            return nil
        case "template":
            return try invocation(of: try templateName("template clause"), "template clause")
        case "block":
            let name = try templateName("block clause")
            let node = try invocation(of: name, "block clause")
            try define(name.text)
            return node
        default:
            position -= 1
            return .action(try parsePipeline("command", until: .rightDelimiter))
        }
    }

    private mutating func parseBranch(_ keyword: String) throws(TemplateError) -> TemplateBranch {
        let scope = variables.count
        defer { variables.removeSubrange(scope...) }
        let pipeline = try parsePipeline(keyword, until: .rightDelimiter)
        let (body, terminator) = try parseList()
        switch terminator {
        case .endOfText: throw error("unexpected EOF")
        case .end: return TemplateBranch(pipeline: pipeline, body: body, otherwise: [])
        case .otherwise(nil):
            let (otherwise, last) = try parseList()
            guard case .end = last else {
                throw error(
                    last.text == "EOF"
                        ? "unexpected EOF" : "expected end; found \(last.text)"
                )
            }
            return TemplateBranch(pipeline: pipeline, body: body, otherwise: otherwise)
        case .otherwise(let next?):
            // `{{else if}}` is an else with an if in it, closed by the same `{{end}}`.
            guard next == keyword else { throw error("unexpected <\(next)> in input") }
            let inner = try parseBranch(keyword)
            return TemplateBranch(
                pipeline: pipeline,
                body: body,
                otherwise: [keyword == "if" ? .conditional(inner) : .with(inner)]
            )
        }
    }

    // MARK: Definitions

    /// The token of the name; an invocation is placed there.
    private mutating func templateName(_ context: String) throws(TemplateError) -> TemplateToken {
        skipSpace()
        let token = next()
        guard token.kind == .string else { throw unexpected(token, context) }
        return token
    }

    /// Parses the body of a named template. It sees no variables but `$`, its argument.
    private mutating func define(_ name: String) throws(TemplateError) {
        let outer = (variables, loops)
        defer { (variables, loops) = outer }
        (variables, loops) = (["$"], 0)
        let (nodes, terminator) = try parseList()
        guard case .end = terminator else {
            throw error(terminator.text == "EOF" ? "unexpected EOF" : "unexpected {{else}}")
        }
        guard definitions.updateValue(nodes, forKey: name) == nil else {
            throw error("template: multiple definition of template \(name.goQuoted)")
        }
    }

    private mutating func invocation(
        of token: TemplateToken,
        _ context: String
    ) throws(TemplateError) -> TemplateNode {
        var invocation = TemplateInvocation(name: token.text, offset: token.offset)
        skipSpace()
        if peek().kind == .rightDelimiter, context == "template clause" {
            position += 1
        } else {
            invocation.argument = try parsePipeline(context, until: .rightDelimiter)
        }
        return .invocation(invocation)
    }

    private mutating func expectEndOfAction(_ context: String) throws(TemplateError) {
        skipSpace()
        let token = next()
        guard token.kind == .rightDelimiter else { throw unexpected(token, context) }
    }

    // MARK: Tokens

    func peek() -> TemplateToken { tokens[min(position, tokens.count - 1)] }

    mutating func next() -> TemplateToken {
        defer { position += 1 }
        return peek()
    }

    mutating func skipSpace() {
        while peek().kind == .space { position += 1 }
    }

    func peekPastSpace() -> TemplateToken {
        var index = position
        while index < tokens.count - 1, tokens[index].kind == .space { index += 1 }
        return tokens[min(index, tokens.count - 1)]
    }

    func error(_ message: String) -> TemplateError {
        TemplateError(
            name: name,
            line: tokens[max(0, min(position, tokens.count) - 1)].line,
            message
        )
    }

    func unexpected(_ token: TemplateToken, _ context: String) -> TemplateError {
        if token.kind == .end { return error("unexpected EOF") }
        return error("unexpected \(token.description) in \(context)")
    }
}
