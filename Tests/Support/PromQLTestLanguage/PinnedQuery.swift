import PromQL
import Series
import Time

/// A query with `@ time` on every selector, which must give the same result at every evaluation
/// time. Prometheus' own tests run every query this way too, because it reveals most mistakes in
/// the handling of `@`.
enum PinnedQuery {
    /// Adds `@ time` to every selector and subquery without a fixed time. Selectors inside a
    /// subquery follow the subquery. Returns nil if the query would still depend on the evaluation
    /// time.
    static func pinning(_ expression: Expression, at time: Timestamp) -> Expression? {
        dependsOnTime(expression) ? nil : pinned(expression, at: time)
    }

    /// The evaluation times to compare, the same as in Prometheus' tests.
    static func evaluationTimes(for time: Timestamp) -> [Timestamp] {
        let milliseconds = time.milliseconds
        let times =
            milliseconds == 0
            ? [-1000, 0, 1000]
            : [-10 * milliseconds, 0, milliseconds / 5, milliseconds, 10 * milliseconds]
        return times.map { Timestamp(milliseconds: $0) }
    }

    private static let timeDependent: Set<Function> = [
        .daysInMonth, .dayOfMonth, .dayOfWeek, .dayOfYear, .hour, .minute, .month, .year,
        .predictLinear, .time, .timestamp, .start, .end, .step, .range,
    ]

    private static func dependsOnTime(_ expression: Expression) -> Bool {
        if case .call(let call) = expression, timeDependent.contains(call.function) { return true }
        return expression.children.contains(where: dependsOnTime)
    }

    private static func pinned(_ expression: Expression, at time: Timestamp) -> Expression {
        switch expression {
        case .number, .string: return expression
        case .vectorSelector(var selector):
            selector.modifiers.pin(to: time)
            return .vectorSelector(selector)
        case .matrixSelector(var selector):
            selector.vector.modifiers.pin(to: time)
            return .matrixSelector(selector)
        case .subquery(var subquery):
            subquery.modifiers.pin(to: time)
            return .subquery(subquery)
        case .parentheses(var parentheses):
            parentheses.expression = pinned(parentheses.expression, at: time)
            return .parentheses(parentheses)
        case .unary(var unary):
            unary.operand = pinned(unary.operand, at: time)
            return .unary(unary)
        case .binary(let binary):
            return .binary(binary.mapOperands { pinned($0, at: time) })
        case .aggregation(var aggregation):
            aggregation.parameter = aggregation.parameter.map { pinned($0, at: time) }
            aggregation.expression = pinned(aggregation.expression, at: time)
            return .aggregation(aggregation)
        case .call(var call):
            call.arguments = call.arguments.map { pinned($0, at: time) }
            return .call(call)
        }
    }
}

extension TimeModifiers {
    fileprivate mutating func pin(to time: Timestamp) {
        // `start()` and `end()` of an instant query are its time.
        if case .timestamp? = at { return }
        at = .timestamp(time)
    }
}
