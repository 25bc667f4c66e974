extension Expression {
    /// The expression formatted for people: a line longer than 100 bytes is broken at operators and
    /// parentheses (Prometheus promql/parser/prettier.go).
    package var formatted: String { formatted(depth: 0) }

    private static let bytesPerLine = 100
    private static let maximumChainIndentation = 50

    private func formatted(depth: Int) -> String {
        let indent = Self.indent(depth)
        let line = description
        switch self {
        case .unary(let unary):
            let operand = unary.operand.formatted(depth: depth).drop { $0 == " " }
            return indent + (unary.isNegation ? "-" : "+") + operand
        case .subquery(let subquery):
            guard line.utf8.count > Self.bytesPerLine else { return line }
            return subquery.expression.formatted(depth: depth) + subquery.suffix
        case .number, .string, .vectorSelector, .matrixSelector: return indent + line
        case .parentheses, .binary, .aggregation, .call:
            guard line.utf8.count > Self.bytesPerLine else { return indent + line }
            return indent + broken(depth: depth, indent)
        }
    }

    /// The expression on several lines, of which the first one is not indented.
    private func broken(depth: Int, _ indent: String) -> String {
        switch self {
        case .parentheses(let parentheses):
            "(\n" + parentheses.expression.formatted(depth: depth + 1) + "\n\(indent))"
        case .binary(let binary):
            String(broken(binary, depth: depth).dropFirst(indent.count))
        case .aggregation(let aggregation):
            aggregation.prefix + "(\n"
                + lines(aggregation.arguments, depth: depth + 1) + "\n\(indent))"
        case .call(let call):
            call.function.rawValue + "(\n"
                + lines(call.arguments, depth: depth + 1) + "\n\(indent))"
        case .number, .string, .vectorSelector, .matrixSelector, .subquery, .unary: description
        }
    }

    /// Each operator indents what is before it by one level more, up to the operators that fit in
    /// the first line. Levels are limited, because the indentation of a long chain would be far
    /// longer than the chain.
    private func broken(_ binary: BinaryExpression, depth: Int) -> String {
        var text = binary.firstText
        var fitting = 0
        for step in binary.steps.dropLast() {
            let longer = text + " \(step.operatorText) \(step.operand)"
            guard longer.utf8.count <= Self.bytesPerLine else { break }
            text = longer
            fitting += 1
        }
        func level(_ stepsAfter: Int) -> Int {
            depth + min(stepsAfter, Self.maximumChainIndentation)
        }
        let count = binary.steps.count
        text =
            fitting > 0
            ? Self.indent(level(count - fitting)) + text
            : binary.first.formatted(depth: level(count))
        for index in fitting..<count {
            let level = level(count - 1 - index)
            text += "\n" + Self.indent(level) + binary.steps[index].operatorText + "\n"
            text += binary.steps[index].operand.formatted(depth: level + 1)
        }
        return text
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private func lines(_ expressions: [Expression], depth: Int) -> String {
        expressions.map { $0.formatted(depth: depth) }.joined(separator: ",\n")
    }
}
