extension Expression {
    /// The expression formatted for people: a line longer than 100 bytes is broken at operators and
    /// parentheses (Prometheus promql/parser/prettier.go).
    package var formatted: String { formatted(depth: 0) }

    private static let bytesPerLine = 100

    private func formatted(depth: Int) -> String {
        let indent = String(repeating: "  ", count: depth)
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
            String(binary.left.formatted(depth: depth + 1).dropFirst(indent.count))
                + "\n\(indent)\(binary.operatorText)\n"
                + binary.right.formatted(depth: depth + 1)
        case .aggregation(let aggregation):
            aggregation.prefix + "(\n"
                + lines(aggregation.arguments, depth: depth + 1) + "\n\(indent))"
        case .call(let call):
            call.function.rawValue + "(\n"
                + lines(call.arguments, depth: depth + 1) + "\n\(indent))"
        case .number, .string, .vectorSelector, .matrixSelector, .subquery, .unary: description
        }
    }

    private func lines(_ expressions: [Expression], depth: Int) -> String {
        expressions.map { $0.formatted(depth: depth) }.joined(separator: ",\n")
    }
}
