/// Subexpressions whose time is fixed by `@` have the same value at every step of a query, so they
/// are computed once.
extension Expression {
    private var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .vectorSelector(let selector): selector.modifiers.at != nil
        case .matrixSelector(let selector): selector.vector.modifiers.at != nil
        // The inner expression is evaluated at times of its own.
        case .subquery(let subquery): subquery.modifiers.at != nil
        case .call(let call):
            !call.function.dependsOnTime && call.arguments.allSatisfy(\.isStepInvariant)
        case .parentheses, .unary, .binary, .aggregation:
            children.allSatisfy(\.isStepInvariant)
        }
    }

    /// The largest subexpressions that are worth caching.
    var stepInvariantParts: Set<Expression> {
        if isStepInvariant, valueType != .rangeVector {
            return selectors.isEmpty ? [] : [self]
        }
        return children.reduce(into: []) { $0.formUnion($1.stepInvariantParts) }
    }
}

extension Function {
    /// Whether the result depends on the evaluation time even if the arguments do not.
    fileprivate var dependsOnTime: Bool {
        switch self {
        case .time, .timestamp, .predictLinear, .dayOfMonth, .dayOfWeek, .dayOfYear,
            .daysInMonth, .hour, .minute, .month, .year:
            true
        default: false
        }
    }
}
