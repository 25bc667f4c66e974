/// Expressions that are fixed in time by `@` have the same value at every step of a query.
extension Expression {
    private var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .vectorSelector(let selector): selector.modifiers.at != nil
        case .matrixSelector(let selector): selector.vector.modifiers.at != nil
        // What is inside is evaluated at times of its own.
        case .subquery(let subquery): subquery.modifiers.at != nil
        case .call(let call):
            !call.function.looksAtTime && call.arguments.allSatisfy(\.isStepInvariant)
        case .parentheses, .unary, .binary, .aggregation:
            children.allSatisfy(\.isStepInvariant)
        }
    }

    var hasSubquery: Bool {
        if case .subquery = self { return true }
        return children.contains(where: \.hasSubquery)
    }

    /// The largest parts whose value is worth remembering.
    var stepInvariantParts: Set<Expression> {
        if isStepInvariant, valueType != .rangeVector {
            return selectors.isEmpty ? [] : [self]
        }
        return children.reduce(into: []) { $0.formUnion($1.stepInvariantParts) }
    }
}

extension Function {
    /// Whether the result depends on the evaluation time even if the arguments do not.
    fileprivate var looksAtTime: Bool {
        switch self {
        case .time, .timestamp, .predictLinear, .dayOfMonth, .dayOfWeek, .dayOfYear,
            .daysInMonth, .hour, .minute, .month, .year:
            true
        default: false
        }
    }
}
