import PromQL
import Series

extension Expression {
    /// How far before its evaluation the expression looks at samples, if instant selectors look
    /// back by `lookback`. A range that is computed counts for nothing, `@` is not considered.
    func reach(lookback: Duration) -> Duration {
        switch self {
        case .vectorSelector(let selector): lookback + selector.modifiers.distance
        case .matrixSelector(let selector):
            selector.range.fixedLength + selector.vector.modifiers.distance
        case .subquery(let subquery):
            subquery.range.fixedLength + subquery.modifiers.distance
                + subquery.expression.reach(lookback: lookback)
        default: children.map { $0.reach(lookback: lookback) }.max() ?? .zero
        }
    }
}

extension TimeModifiers {
    fileprivate var distance: Duration { max(offset.fixedLength, .zero) }
}

extension TimeSpan {
    fileprivate var fixedLength: Duration {
        if case .fixed(let milliseconds) = self { .milliseconds(milliseconds) } else { .zero }
    }
}
