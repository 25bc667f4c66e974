package import Series
package import Time

/// Selects the series of an instant vector.
package struct VectorSelector: Hashable, Sendable {
    /// The metric name before the braces, or empty.
    package var name: String
    let filter: SelectorMatchers
    package var modifiers: TimeModifiers
    package var rangeExtension: RangeExtension?
    package var origin: SourceOrigin

    init(
        name: String,
        matchers: [LabelMatcher],
        modifiers: TimeModifiers,
        rangeExtension: RangeExtension?,
        origin: SourceOrigin
    ) {
        self.name = name
        filter = SelectorMatchers(matchers)
        self.modifiers = modifiers
        self.rangeExtension = rangeExtension
        self.origin = origin
    }

    /// The matchers in canonical order. The one implied by `name` comes last.
    package var matchers: [LabelMatcher] { filter.matchers }
    var namesOneMetric: Bool { filter.namesOneMetric }
}

/// What selects series, with what is derived from it once, because rules select the same series
/// for ever.
final class SelectorMatchers: Hashable, Sendable {
    let matchers: [LabelMatcher]
    /// The same for equal matchers.
    let digest: UInt64
    /// Whether a matcher fixes the metric name.
    let namesOneMetric: Bool

    init(_ matchers: [LabelMatcher]) {
        self.matchers = matchers
        digest = matchers.digest
        namesOneMetric = matchers.contains { matcher in
            guard matcher.name == Labels.metricNameLabel, case .equal(let name) = matcher.condition
            else { return false }
            return !name.isEmpty
        }
    }

    static func == (left: SelectorMatchers, right: SelectorMatchers) -> Bool {
        left === right || left.digest == right.digest && left.matchers == right.matchers
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}

/// Selects the samples of series over a range of time.
package struct MatrixSelector: Hashable, Sendable {
    /// The vector selector, whose modifiers apply to the whole.
    package var vector: VectorSelector
    package var range: TimeSpan
}

/// Evaluates an expression repeatedly over a range of time.
package struct Subquery: Hashable, Sendable {
    package var expression: Expression
    package var range: TimeSpan
    /// nil for the default step of the engine.
    package var step: TimeSpan?
    package var modifiers: TimeModifiers
}

/// `offset` and `@`, which shift or fix the evaluation time of a selector.
package struct TimeModifiers: Hashable, Sendable {
    /// Fixed at zero if there is no offset.
    package var offset = TimeSpan.fixed(milliseconds: 0)
    package var at: AtModifier?

    package init() {}

    var hasOffset: Bool { offset != .fixed(milliseconds: 0) }
}

package enum AtModifier: Hashable, Sendable {
    case timestamp(Timestamp)
    /// The start or end of the query.
    case start, end
}

/// How a range selector treats the boundaries of its range (experimental).
package enum RangeExtension: String, Hashable, Sendable {
    /// The last sample at or before the start of the range is the value at the start.
    case anchored
    /// Values at both ends are interpolated with the samples just outside the range.
    case smoothed
}

/// A duration in an expression.
package enum TimeSpan: Hashable, Sendable {
    case fixed(milliseconds: Int64)
    /// Depends on `step()` or `range()`, so its value is known only at evaluation.
    case computed(DurationExpression)
}

/// Arithmetic on durations.
package indirect enum DurationExpression: Hashable, Sendable {
    case literal(NumberLiteral)
    case step
    case range
    case negation(DurationExpression)
    case minimum(DurationExpression, DurationExpression)
    case maximum(DurationExpression, DurationExpression)
    case binary(BinaryOperator, DurationExpression, DurationExpression)
    case parentheses(DurationExpression)
}
