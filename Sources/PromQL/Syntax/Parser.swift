import RE2
package import Series

extension Expression {
    /// The maximum memory of the regular expressions of one expression, or of all selectors of one
    /// request.
    package static let maximumPatternBytes = PatternBudget.maximumBytes

    /// Parses and type-checks an expression.
    package static func parse(
        _ text: String,
        options: ParserOptions = ParserOptions()
    ) throws(ParseError) -> Expression {
        var parser = try Parser(text, options: options)
        guard parser.current.kind != .endOfInput else {
            throw ParseError("no expression found in input", at: .start)
        }
        let expression = try parser.expression().expression
        try parser.expectEnd()
        try TypeChecker.check(expression)
        return expression
    }

    /// Parses a series selector (`up{job="a"}`), such as the parameter `match[]` of the query API.
    /// It may select all series; the caller decides whether that is allowed.
    package static func parseSelector(_ text: String) throws(ParseError) -> VectorSelector {
        var patterns = PatternCache()
        return try parseSelector(text, &patterns)
    }

    /// Parses several selectors, whose regular expressions together are limited like those of one
    /// expression.
    package static func parseSelectors(_ texts: [String]) throws(ParseError) -> [VectorSelector] {
        var patterns = PatternCache()
        var selectors: [VectorSelector] = []
        for text in texts { selectors.append(try parseSelector(text, &patterns)) }
        return selectors
    }

    private static func parseSelector(
        _ text: String,
        _ patterns: inout PatternCache
    ) throws(ParseError) -> VectorSelector {
        var parser = try Parser(text, options: ParserOptions())
        guard parser.current.canNameMetric || parser.current.kind == .leftBrace else {
            throw parser.unexpected()
        }
        swap(&parser.patterns, &patterns)
        let selector = try parser.vectorSelector()
        swap(&parser.patterns, &patterns)
        try parser.expectEnd()
        return selector
    }

    /// Parses the name and labels of one series: `up{job="a"}`.
    package static func parseSeries(_ text: String) throws(ParseError) -> Labels {
        var parser = try Parser(text, options: ParserOptions())
        let labels = try parser.seriesLabels()
        try parser.expectEnd()
        return labels
    }
}

/// A recursive-descent parser with precedence climbing for binary operators.
///
/// Parsing stops at the first error. Messages and positions are those of Prometheus' generated
/// parser (promql/parser/generated_parser.y), because users look them up.
struct Parser {
    /// The maximum length of an expression in bytes. The longest rules in public collections have a
    /// few thousand.
    static let maximumLength = 1 << 18
    /// The maximum height of the syntax tree, so that code that walks it recursively cannot
    /// overflow the stack.
    static let maximumDepth = 400
    /// The maximum number of operators that are applied one after the other, such as `a or b or c`.
    /// They do not add depth, but some checks compare each with those before it.
    static let maximumChainLength = 10_000

    let options: ParserOptions
    private let source: SourceText
    private let tokens: [Token]
    private var index = 0
    var patterns = PatternCache()
    var nesting = 0
    /// The number of aggregations whose arguments are being parsed. Prometheus says so in the
    /// message about an unexpected token.
    var aggregationDepth = 0

    init(_ text: String, options: ParserOptions) throws(ParseError) {
        guard text.utf8.count <= Parser.maximumLength else {
            throw ParseError(
                "expression is longer than \(Parser.maximumLength) bytes",
                at: .start
            )
        }
        self.options = options
        source = SourceText(text)
        tokens = Lexer.tokens(of: source)
    }

    /// A subtree with its height.
    struct Node {
        var expression: Expression
        var height = 1
    }

    // MARK: Tokens

    var current: Token { tokens[index] }

    /// The token after the current one; at the end, the last token again.
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }

    /// Advances and returns the previous token.
    @discardableResult
    mutating func advance() -> Token {
        let token = current
        index = min(index + 1, tokens.count - 1)
        return token
    }

    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    func origin(of token: Token) -> SourceOrigin {
        SourceOrigin(source.position(of: token.offset))
    }

    func expectEnd() throws(ParseError) {
        guard current.kind == .endOfInput else { throw unexpected() }
    }

    // MARK: Errors

    func error(_ message: String, at token: Token) -> ParseError {
        ParseError(message, at: source.position(of: token.offset))
    }

    func error(_ message: String, at node: Expression) -> ParseError {
        ParseError(message, at: node.position)
    }

    /// The error for an unexpected current token.
    func unexpected(in context: String = "", expected: String = "") -> ParseError {
        if case .invalid(let reason) = current.kind { return error(reason, at: current) }
        var message = "unexpected " + current.errorDescription
        if !context.isEmpty {
            message += " in " + context
        } else if aggregationDepth > 0 {
            message += " in aggregation"
        }
        if !expected.isEmpty { message += ", expected " + expected }
        return error(message, at: current)
    }

    /// The height of a node with children of the given heights. Throws if it exceeds the limit.
    func height(above heights: [Int]) throws(ParseError) -> Int {
        let height = (heights.max() ?? 0) + 1
        guard height <= Parser.maximumDepth else { throw tooDeep }
        return height
    }

    var tooDeep: ParseError {
        error(
            "expression is nested too deeply (more than \(Parser.maximumDepth) levels)",
            at: current
        )
    }
}
