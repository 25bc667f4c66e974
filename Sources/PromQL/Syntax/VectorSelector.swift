package import Series
package import Time

/// Names the series of an instant vector.
package struct VectorSelector: Hashable, Sendable {
    /// The metric name as written before the braces, empty if there is none.
    package var name: String
    /// In the order of the normal form; the condition that `name` stands for comes last.
    package var matchers: [LabelMatcher]
    package var modifiers: TimeModifiers
    package var rangeExtension: RangeExtension?
    package var origin: SourceOrigin
}

/// The samples of series over a time.
package struct MatrixSelector: Hashable, Sendable {
    /// The modifiers of the whole are those of its vector.
    package var vector: VectorSelector
    package var range: TimeSpan
}

/// The results of an expression over a time.
package struct Subquery: Hashable, Sendable {
    package var expression: Expression
    package var range: TimeSpan
    /// Nil for the default of the engine.
    package var step: TimeSpan?
    package var modifiers: TimeModifiers
}

/// `offset` and `@`: when a selector looks, apart from when the query does.
package struct TimeModifiers: Hashable, Sendable {
    /// Fixed at zero when there is none.
    package var offset = TimeSpan.fixed(milliseconds: 0)
    package var at: AtModifier?

    package init() {}

    var hasOffset: Bool { offset != .fixed(milliseconds: 0) }
}

package enum AtModifier: Hashable, Sendable {
    case timestamp(Timestamp)
    /// The first or the last evaluation time of the query.
    case start, end
}

/// How a range selector treats the borders of its range (experimental).
package enum RangeExtension: String, Hashable, Sendable {
    /// Takes the last sample at or before the start of the range as its value there.
    case anchored
    /// Interpolates at both ends, with the samples just outside.
    case smoothed
}

/// A length of time as it stands in an expression.
package enum TimeSpan: Hashable, Sendable {
    case fixed(milliseconds: Int64)
    /// Known only when the query runs, as far as it depends on `step()` and `range()`.
    case computed(DurationExpression)
}

/// Arithmetic with durations.
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
