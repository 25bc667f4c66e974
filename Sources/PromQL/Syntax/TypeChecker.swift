import GoText
import Series

/// Rejects expressions that are grammatical but have the wrong types. Reports the same first error
/// as Prometheus (promql/parser/parse.go, checkAST).
enum TypeChecker {
    @discardableResult
    static func check(_ expression: Expression) throws(ParseError) -> ValueType {
        switch expression {
        case .number, .string: break
        case .vectorSelector(let selector): try check(selector)
        case .matrixSelector(let selector): try check(selector.vector)
        case .parentheses(let parentheses): try check(parentheses.expression)
        case .subquery(let subquery): try check(subquery)
        case .unary(let unary): try check(unary)
        case .binary(let binary): try check(binary)
        case .aggregation(let aggregation): try check(aggregation)
        case .call(let call): try check(call)
        }
        return expression.valueType
    }

    private static func expect(
        _ wanted: ValueType,
        _ expression: Expression,
        in context: String
    ) throws(ParseError) {
        let type = try check(expression)
        guard type == wanted else {
            throw ParseError(
                "expected type \(wanted) in \(context), got \(type)",
                at: expression.position
            )
        }
    }

    // MARK: Selectors

    /// A selector may name the metric once, and must not match every series.
    private static func check(_ selector: VectorSelector) throws(ParseError) {
        let position = selector.origin.position
        guard selector.name.isEmpty else {
            let second = selector.matchers.dropLast().first {
                $0.name == Labels.metricNameLabel
            }
            guard let second else { return }
            throw ParseError(
                "metric name must not be set twice: \(selector.name.goQuoted) or "
                    + second.operandText.goQuoted,
                at: position
            )
        }
        // Otherwise a typo would select all series.
        guard selector.matchers.contains(where: { !$0.matches("") }) else {
            throw ParseError(
                "vector selector must contain at least one non-empty matcher",
                at: position
            )
        }
    }

    private static func check(_ subquery: Subquery) throws(ParseError) {
        let type = try check(subquery.expression)
        guard type == .instantVector else {
            throw ParseError(
                "subquery is only allowed on instant vector, got \(type.rawValue) instead",
                at: subquery.expression.position
            )
        }
    }

    // MARK: Operators

    private static func check(_ unary: UnaryExpression) throws(ParseError) {
        let type = try check(unary.operand)
        guard type == .scalar || type == .instantVector else {
            throw ParseError(
                "unary expression only allowed on expressions of type scalar or instant vector, "
                    + "got \(type.description.goQuoted)",
                at: unary.origin.position
            )
        }
    }

    private static func check(_ binary: BinaryExpression) throws(ParseError) {
        var left = try check(binary.first)
        for (index, step) in binary.steps.enumerated() {
            let right = try check(step.operand)
            try check(step, left, right)
            // In a chain, everything before the operator has a type that operators accept.
            let operands = index == 0 ? [(binary.first, left)] : []
            for (operand, type) in operands + [(step.operand, right)]
            where type != .scalar && type != .instantVector {
                throw ParseError(
                    "binary expression must contain only scalar and instant vector types",
                    at: operand.position
                )
            }
            try checkVectors(step, left, right, at: binary.first.position)
            left = left == .scalar && right == .scalar ? .scalar : .instantVector
        }
    }

    private static func checkVectors(
        _ step: BinaryExpression.Step,
        _ left: ValueType,
        _ right: ValueType,
        at position: SourcePosition
    ) throws(ParseError) {
        let joinsVectors = left == .instantVector && right == .instantVector
        if let matching = step.matching {
            try checkMatching(matching, step.operation, joinsVectors, position)
        }
        if step.operation.isSetOperator, !joinsVectors {
            throw ParseError(
                "set operator \(step.operation.rawValue.goQuoted) not allowed "
                    + "in binary scalar expression",
                at: position
            )
        }
    }

    private static func check(
        _ step: BinaryExpression.Step,
        _ left: ValueType,
        _ right: ValueType
    ) throws(ParseError) {
        let position = step.operatorOrigin.position
        if step.returnsBool, !step.operation.isComparison {
            throw ParseError(
                "bool modifier can only be used on comparison operators",
                at: position
            )
        }
        if step.operation.isComparison, !step.returnsBool, left == .scalar, right == .scalar {
            throw ParseError("comparisons between scalars must use BOOL modifier", at: position)
        }
        guard let matching = step.matching, matching.isOn else { return }
        let included = Set(matching.included)
        for label in matching.labels where included.contains(label) {
            throw ParseError(
                "label \(label.goQuoted) must not occur in ON and GROUP clause at once",
                at: position
            )
        }
    }

    /// `on` and the like need two vectors, and set operators allow neither grouping nor fill
    /// values.
    private static func checkMatching(
        _ matching: VectorMatching,
        _ operation: BinaryOperator,
        _ joinsVectors: Bool,
        _ position: SourcePosition
    ) throws(ParseError) {
        var problem: String?
        if !joinsVectors {
            if !matching.labels.isEmpty {
                problem = "vector matching only allowed between instant vectors"
            } else if matching.fills {
                problem = "filling in missing series only allowed between instant vectors"
            }
        } else if operation.isSetOperator {
            if matching.cardinality != .manyToMany {
                let name = operation.rawValue.goQuoted
                problem = "no grouping allowed for \(name) operation"
            } else if matching.fills {
                problem = "filling in missing series not allowed for set operators"
            }
        }
        if let problem { throw ParseError(problem, at: position) }
    }

    // MARK: Aggregations and calls

    private static func check(_ aggregation: Aggregation) throws(ParseError) {
        try expect(.instantVector, aggregation.expression, in: "aggregation expression")
        if let type = aggregation.operation.parameterType, let parameter = aggregation.parameter {
            try expect(type, parameter, in: "aggregation parameter")
        }
    }

    private static func check(_ call: FunctionCall) throws(ParseError) {
        let signature = call.function.signature
        let name = call.function.rawValue.goQuoted
        let count = call.arguments.count
        if signature.optional == .none, count != signature.parameters.count {
            throw ParseError(
                "expected \(signature.parameters.count) argument(s) in call to \(name), "
                    + "got \(count)",
                at: call.origin.position
            )
        }
        if count < signature.minimumCount {
            throw ParseError(
                "expected at least \(signature.minimumCount) argument(s) in call to \(name), "
                    + "got \(count)",
                at: call.origin.position
            )
        }
        if let maximum = signature.maximumCount, count > maximum {
            throw ParseError(
                "expected at most \(maximum) argument(s) in call to \(name), got \(count)",
                at: call.origin.position
            )
        }
        if call.function == .info, count > 1 {
            try checkInfoSelector(call.arguments[1], of: call)
            return try expect(.instantVector, call.arguments[0], in: "call to function \(name)")
        }
        for (index, argument) in call.arguments.enumerated() {
            guard let type = signature.type(ofArgument: index) else { continue }
            try expect(type, argument, in: "call to function \(name)")
        }
    }

    /// The second argument of `info` only selects labels; unlike other selectors it may match
    /// everything.
    private static func checkInfoSelector(
        _ argument: Expression,
        of call: FunctionCall
    ) throws(ParseError) {
        guard argument.valueType == .instantVector else {
            throw ParseError(
                "expected type instant vector in call to function \"info\", "
                    + "got \(argument.valueType)",
                at: call.origin.position
            )
        }
        guard case .vectorSelector(let selector) = argument else {
            throw ParseError("expected label selectors only", at: argument.position)
        }
        guard selector.name.isEmpty else {
            throw ParseError(
                "expected label selectors only, got vector selector instead",
                at: argument.position
            )
        }
    }
}
