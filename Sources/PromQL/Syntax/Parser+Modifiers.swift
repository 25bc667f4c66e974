import GoText
import Time

extension Parser {
    // MARK: Binary operators

    struct BinaryModifier {
        var returnsBool = false
        var matching = VectorMatching()
        var fills: Bool { matching.fills }
    }

    /// Parses `bool`, `on (…)`, `ignoring (…)`, `group_left (…)` and `fill (…)`, all optional, in
    /// this order.
    mutating func binaryModifier(
        of operation: BinaryOperator
    ) throws(ParseError) -> BinaryModifier {
        var modifier = BinaryModifier()
        modifier.returnsBool = accept(.keyword(.bool))
        let isOn = current.kind == .keyword(.on)
        if isOn || current.kind == .keyword(.ignoring) {
            advance()
            modifier.matching.isOn = isOn
            modifier.matching.labels = try groupingLabels()
            try readGrouping(into: &modifier.matching)
        }
        try readFill(into: &modifier.matching)
        return modifier
    }

    private mutating func readGrouping(into matching: inout VectorMatching) throws(ParseError) {
        switch current.kind {
        case .keyword(.groupLeft): matching.cardinality = .manyToOne
        case .keyword(.groupRight): matching.cardinality = .oneToMany
        default: return
        }
        advance()
        if current.kind == .leftParenthesis {
            matching.included = try groupingLabels()
        } else if !mayStartOperand, !current.isFillModifier {
            throw unexpected(in: "grouping opts", expected: "\"(\"")
        }
    }

    private mutating func readFill(into matching: inout VectorMatching) throws(ParseError) {
        while case .keyword(let word) = current.kind,
            [.fill, .fillLeft, .fillRight].contains(word)
        {
            advance()
            let value = try fillValue()
            if word != .fillRight { matching.fillLeft = value }
            if word != .fillLeft { matching.fillRight = value }
            if word == .fill { return }
        }
    }

    private mutating func fillValue() throws(ParseError) -> Double {
        guard accept(.leftParenthesis) else {
            throw unexpected(in: "fill modifier", expected: "\"(\"")
        }
        let value = try signedNumber(in: "fill modifier", expected: "number")
        guard accept(.rightParenthesis) else {
            throw unexpected(in: "fill modifier", expected: "\")\"")
        }
        return value
    }

    // MARK: Label lists

    /// Parses label names in parentheses; a trailing comma is allowed.
    mutating func groupingLabels() throws(ParseError) -> [String] {
        guard accept(.leftParenthesis) else {
            throw unexpected(in: "grouping opts", expected: "\"(\"")
        }
        var labels: [String] = []
        while !accept(.rightParenthesis) {
            labels.append(try groupingLabel())
            guard current.kind != .rightParenthesis else { continue }
            guard accept(.comma) else {
                throw unexpected(in: "grouping opts", expected: "\",\" or \")\"")
            }
        }
        return labels
    }

    private mutating func groupingLabel() throws(ParseError) -> String {
        if current.kind == .string {
            let token = current
            let literal = string()
            guard literal.isWellFormed, !literal.value.isEmpty else {
                throw error(
                    "invalid label name for grouping: \(literal)",
                    at: token
                )
            }
            return literal.value
        }
        guard current.canNameLabel else {
            throw unexpected(in: "grouping opts", expected: "label")
        }
        return advance().text
    }

    // MARK: Modifiers of an operand

    /// Parses ranges, `offset`, `@` and the like, which bind tighter than any operator.
    mutating func modified(_ operand: Node) throws(ParseError) -> Node {
        var node = operand
        while true {
            switch current.kind {
            case .leftBracket: node = try ranged(node)
            case .keyword(.offset): try readOffset(for: &node)
            case .at: try readAt(for: &node)
            case .keyword(.anchored): try setExtension(.anchored, of: &node)
            case .keyword(.smoothed): try setExtension(.smoothed, of: &node)
            default: return node
            }
        }
    }

    private mutating func readOffset(for node: inout Node) throws(ParseError) {
        advance()
        let offset = try offsetSpan()
        try changeModifiers(of: &node, named: "offset modifier") { modifiers in
            guard !modifiers.hasOffset else { return "offset may not be set multiple times" }
            modifiers.offset = offset
            return nil
        }
    }

    private mutating func readAt(for node: inout Node) throws(ParseError) {
        advance()
        let at: AtModifier
        switch current.kind {
        case .timeWord(.start), .timeWord(.end):
            at = current.kind == .timeWord(.start) ? .start : .end
            advance()
            guard accept(.leftParenthesis), accept(.rightParenthesis) else {
                throw unexpected(in: "@", expected: "timestamp")
            }
        default:
            let seconds = try signedNumber(in: "@", expected: "timestamp")
            guard seconds.magnitude < 0x1p63 else {
                throw error(
                    "timestamp out of bounds for @ modifier: "
                        + GoFloat.format(seconds, .fixed) + (seconds.isFinite ? ".000000" : ""),
                    at: node.expression
                )
            }
            at = .timestamp(Timestamp(seconds: seconds))
        }
        try changeModifiers(of: &node, named: "@ modifier") { modifiers in
            guard modifiers.at == nil else { return "@ <timestamp> may not be set multiple times" }
            modifiers.at = at
            return nil
        }
    }

    /// Applies a change to the modifiers of a selector. `change` returns the error message if it is
    /// not allowed.
    private func changeModifiers(
        of node: inout Node,
        named name: String,
        _ change: (inout TimeModifiers) -> String?
    ) throws(ParseError) {
        let problem: String?
        switch node.expression {
        case .vectorSelector(var selector):
            problem = change(&selector.modifiers)
            node.expression = .vectorSelector(selector)
        case .matrixSelector(var selector):
            problem = change(&selector.vector.modifiers)
            node.expression = .matrixSelector(selector)
        case .subquery(var subquery):
            problem = change(&subquery.modifiers)
            node.expression = .subquery(subquery)
        default:
            problem =
                "\(name) must be preceded by an instant vector selector "
                + "or range vector selector or a subquery"
        }
        if let problem { throw error(problem, at: node.expression) }
    }

    /// Parses `anchored` or `smoothed`. They are part of the selector, so other expressions reject
    /// them.
    private mutating func setExtension(
        _ kind: RangeExtension,
        of node: inout Node
    ) throws(ParseError) {
        advance()
        let name = kind.rawValue
        guard options.allowsRangeExtensions else {
            throw error("\(name) modifier is experimental and not enabled", at: node.expression)
        }
        let isRepeated: Bool
        switch node.expression {
        case .vectorSelector(var selector):
            isRepeated = selector.rangeExtension != nil && selector.rangeExtension != kind
            selector.rangeExtension = kind
            node.expression = .vectorSelector(selector)
        case .matrixSelector(var selector):
            isRepeated =
                selector.vector.rangeExtension != nil && selector.vector.rangeExtension != kind
            selector.vector.rangeExtension = kind
            node.expression = .matrixSelector(selector)
        case .subquery:
            throw error("\(name) modifier is not supported for subqueries", at: node.expression)
        default: throw error("\(name) modifier not implemented", at: node.expression)
        }
        if isRepeated {
            throw error(
                "anchored and smoothed modifiers cannot be used together",
                at: node.expression
            )
        }
    }
}
