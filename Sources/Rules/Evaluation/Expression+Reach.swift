package import PromQL
import Series

extension Expression {
    /// How far before its evaluation time the expression reads samples, given the lookback delta of
    /// instant selectors. An estimate: computed ranges and offsets count as zero, and the `@`
    /// modifier is ignored.
    package func reach(lookback: Duration) -> Duration {
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
    /// A negative offset reads newer samples and extends nothing into the past.
    fileprivate var distance: Duration { max(offset.fixedLength, .zero) }
}

extension TimeSpan {
    var fixedLength: Duration {
        if case .fixed(let milliseconds) = self { .milliseconds(milliseconds) } else { .zero }
    }
}
