// PromQL owns the query language: parsing expressions, printing them in canonical form, and
// evaluating them over any `SampleSource`. Results and error messages are those of Prometheus,
// against which the tests compare them.
//
// This target reads no clock, does no I/O and keeps no state between queries. The cost of a query
// is bounded by `EngineOptions`.

package import Series
package import Time

/// Evaluates expressions. Only floating-point samples exist: functions of native histograms accept
/// any vector and return an empty one.
package struct Engine: Hashable, Sendable {
    package let options: EngineOptions

    package init(options: EngineOptions = EngineOptions()) {
        self.options = options
    }

    package func instant(
        _ expression: Expression,
        at time: Timestamp,
        in source: some SampleSource
    ) throws(EvaluationError) -> Value {
        try evaluate(expression, at: time, in: source).value
    }

    package func range(
        _ expression: Expression,
        from start: Timestamp,
        through end: Timestamp,
        step: Duration,
        in source: some SampleSource
    ) throws(EvaluationError) -> Value {
        try evaluate(expression, from: start, through: end, step: step, in: source).value
    }

    /// Evaluates at one time. `interruption` is called now and then and aborts the query if it
    /// returns a reason.
    package func evaluate(
        _ expression: Expression,
        at time: Timestamp,
        in source: some SampleSource,
        interruption: @escaping () -> Interruption? = { nil }
    ) throws(EvaluationError) -> QueryResult {
        let evaluator = Evaluator(
            source: source,
            options: options,
            span: QuerySpan(start: time.milliseconds, end: time.milliseconds, step: 0),
            interruption: interruption
        )
        let value = try evaluator.instantValue(of: expression, at: time.milliseconds)
        return QueryResult(value: value, annotations: evaluator.annotations)
    }

    /// Evaluates at `start`, `start + step` and so on up to `end`. The expression must be a scalar
    /// or an instant vector; the result is a matrix. The step must be at least 1 ms.
    package func evaluate(
        _ expression: Expression,
        from start: Timestamp,
        through end: Timestamp,
        step: Duration,
        in source: some SampleSource,
        interruption: @escaping () -> Interruption? = { nil }
    ) throws(EvaluationError) -> QueryResult {
        let type = expression.valueType
        guard type == .scalar || type == .instantVector else { throw .notForRanges(type) }
        guard step.wholeMilliseconds > 0 else {
            throw .invalidArgument(
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer"
            )
        }
        let span = QuerySpan(
            start: start.milliseconds,
            end: end.milliseconds,
            step: step.wholeMilliseconds
        )
        guard span.count <= options.maximumSteps else {
            throw .tooManySteps(limit: options.maximumSteps)
        }
        let evaluator = Evaluator(
            source: source,
            options: options,
            span: span,
            interruption: interruption
        )
        let value = try evaluator.rangeValue(of: expression)
        return QueryResult(value: value, annotations: evaluator.annotations)
    }
}

/// Options that select a dialect of the language or bound the cost of a query. The defaults are
/// those of Prometheus.
package struct EngineOptions: Hashable, Sendable {
    /// The Prometheus version to follow where versions differ.
    package enum Compatibility: Hashable, Sendable {
        /// Ranges and the lookback are open on the left: a sample exactly as old as the range is
        /// excluded.
        case version3
        /// Ranges and the lookback are closed on both sides, as before Prometheus 3.0.
        case version2
    }

    /// The maximum age of a sample that counts as the current value.
    package var lookback = Duration.seconds(5 * 60)
    /// The step of subqueries without one. Prometheus uses the global evaluation interval.
    package var defaultSubqueryStep = Duration.seconds(60)
    package var compatibility = Compatibility.version3
    /// Whether metric names are dropped at the end of the query instead of by each operation
    /// (Prometheus' feature `promql-delayed-name-removal`).
    package var delaysNameRemoval = false
    /// The maximum number of samples in memory: those loaded by one step and those kept for the
    /// result.
    package var maximumSamples = 50_000_000
    /// The maximum memory of labels and intermediate vectors beside the samples: as much as the
    /// samples themselves may take.
    package var maximumBytes: Int {
        let (bytes, overflow) = maximumSamples.multipliedReportingOverflow(by: 48)
        return max(1 << 20, overflow ? .max : bytes)
    }
    /// The maximum number of points of a range query, as in Prometheus: the first and 11,000 more.
    package var maximumSteps = 11_001

    package init() {}
}

/// The evaluation times of a query, in milliseconds.
struct QuerySpan: Hashable, Sendable {
    let start: Int64
    let end: Int64
    /// 0 for an instant query.
    let step: Int64

    var count: Int {
        guard step > 0 else { return 1 }
        guard end >= start else { return 0 }
        let (length, overflow) = end.subtractingReportingOverflow(start)
        return overflow ? .max : Int(length / step) + 1
    }

    var times: StrideThrough<Int64> { stride(from: start, through: end, by: Int(max(1, step))) }

    var isInstant: Bool { step == 0 }
}
