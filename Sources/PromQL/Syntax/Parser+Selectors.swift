import RE2
import Series

extension Parser {
    /// Parses `up{job="a"}`, `{job="a"}` or `{"up", job="a"}`.
    mutating func vectorSelector() throws(ParseError) -> VectorSelector {
        let first = current
        let name = current.kind == .leftBrace ? "" : advance().text
        var matchers = current.kind == .leftBrace ? try matchers() : []
        // Prometheus' canonical form sorts matchers by their text.
        matchers = matchers.map { ($0.description, $0) }.sorted {
            $0.0.precedesBytewise($1.0)
        }.map(\.1)
        if !name.isEmpty {
            matchers.append(LabelMatcher(name: Labels.metricNameLabel, .equal(name)))
        }
        return VectorSelector(
            name: name,
            matchers: matchers,
            modifiers: TimeModifiers(),
            rangeExtension: nil,
            origin: origin(of: first)
        )
    }

    private mutating func matchers() throws(ParseError) -> [LabelMatcher] {
        advance()
        var matchers: [LabelMatcher] = []
        while !accept(.rightBrace) {
            matchers.append(try matcher())
            guard current.kind != .rightBrace else { continue }
            guard accept(.comma) else {
                throw unexpected(in: "label matching", expected: "\",\" or \"}\"")
            }
        }
        return matchers
    }

    /// Parses `name="value"`, or a metric name in quotes.
    private mutating func matcher() throws(ParseError) -> LabelMatcher {
        let first = current
        let label: String
        switch current.kind {
        case .identifier: label = advance().text
        case .string:
            label = string().value
            if current.kind == .comma || current.kind == .rightBrace {
                return LabelMatcher(name: Labels.metricNameLabel, .equal(label))
            }
        default: throw unexpected(in: "label matching", expected: "identifier or \"}\"")
        }
        let operation = current.kind
        switch operation {
        case .equals, .binaryOperator(.notEqual), .regexMatch, .regexMismatch: advance()
        default:
            throw first.kind == .string
                ? unexpected(in: "label matching", expected: "\",\" or \"}\"")
                : unexpected(in: "label matching", expected: "label matching operator")
        }
        guard current.kind == .string else {
            throw unexpected(in: "label matching", expected: "string")
        }
        let value = string().value
        switch operation {
        case .equals: return LabelMatcher(name: label, .equal(value))
        case .regexMatch: return LabelMatcher(name: label, .matches(try pattern(value, first)))
        case .regexMismatch:
            return LabelMatcher(name: label, .doesNotMatch(try pattern(value, first)))
        default: return LabelMatcher(name: label, .notEqual(value))
        }
    }

    private mutating func pattern(
        _ text: String,
        _ first: Token
    ) throws(ParseError) -> LabelValuePattern {
        do throws(RegularExpressionError) {
            return try patterns.pattern(text)
        } catch {
            throw self.error("\(error)", at: first)
        }
    }

    // MARK: Ranges

    /// Parses `[5m]`, or `[5m:1m]` for a subquery.
    mutating func ranged(_ node: Node) throws(ParseError) -> Node {
        let bracket = advance()
        let range = try rangeSpan(
            in: "subquery or range selector",
            expected: "number, duration, step(), or range()"
        )
        if accept(.colon) { return try subquery(node, range) }
        guard accept(.rightBracket) else {
            throw unexpected(in: "subquery or range", expected: "\":\" or \"]\"")
        }
        guard case .vectorSelector(let selector) = node.expression else {
            throw error("ranges only allowed for vector selectors", at: bracket)
        }
        if selector.modifiers.hasOffset {
            throw error("no offset modifiers allowed before range", at: bracket)
        }
        if selector.modifiers.at != nil {
            throw error("no @ modifiers allowed before range", at: bracket)
        }
        return Node(expression: .matrixSelector(MatrixSelector(vector: selector, range: range)))
    }

    private mutating func subquery(_ node: Node, _ range: TimeSpan) throws(ParseError) -> Node {
        var subquery = Subquery(
            expression: node.expression,
            range: range,
            step: nil,
            modifiers: TimeModifiers()
        )
        if current.kind != .rightBracket {
            subquery.step = try rangeSpan(
                in: "subquery selector",
                expected: "number, duration, step(), range(), or \"]\""
            )
        }
        guard accept(.rightBracket) else {
            throw unexpected(in: "subquery selector", expected: "\"]\"")
        }
        return Node(
            expression: .subquery(subquery),
            height: try height(above: [node.height])
        )
    }

    // MARK: Series

    /// Parses labels as tests write them: only `=`, and a name before or inside the braces.
    mutating func seriesLabels() throws(ParseError) -> Labels {
        var pairs: [(String, String)] = []
        if current.canNameMetric {
            pairs.append((Labels.metricNameLabel, advance().text))
        } else if current.kind != .leftBrace {
            throw unexpected()
        }
        guard accept(.leftBrace) else { return Labels(pairs) }
        while !accept(.rightBrace) {
            pairs.append(try labelPair())
            guard current.kind != .rightBrace else { continue }
            guard accept(.comma) else {
                throw unexpected(in: "label set", expected: "\",\" or \"}\"")
            }
        }
        return Labels(pairs)
    }

    private mutating func labelPair() throws(ParseError) -> (String, String) {
        let name: String
        switch current.kind {
        case .identifier:
            name = advance().text
            guard current.kind == .equals else {
                throw unexpected(in: "label set", expected: "\"=\"")
            }
        case .string:
            name = string().value
            guard current.kind == .equals else { return (Labels.metricNameLabel, name) }
        default: throw unexpected(in: "label set", expected: "identifier or \"}\"")
        }
        advance()
        guard current.kind == .string else {
            throw unexpected(in: "label set", expected: "string")
        }
        return (name, string().value)
    }
}
