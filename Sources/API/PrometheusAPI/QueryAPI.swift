import Listener
import PromQL
import Series
import Time

/// `/api/v1/query`, `query_range` and `format_query`, over the agent's own series.
struct QueryAPI: Sendable {
    let runner: QueryRunner
    let clock: AgentClock

    var routes: [Route] {
        Route.query("/api/v1/query", runner: runner) { _, form async throws(QueryFailure) in
            try await instant(form)
        }
            + Route.query("/api/v1/query_range", runner: runner) {
                _,
                form async throws(QueryFailure) in
                try await range(form)
            }
            + Route.query("/api/v1/format_query", runner: runner) {
                _,
                form async throws(QueryFailure) in
                try await runner.run { _ throws(QueryFailure) in
                    let expression = try expression(form)
                    return QueryReply.success { $0.string(expression.formatted) }
                }
            }
    }

    private func instant(_ form: RequestForm) async throws(QueryFailure) -> Reply {
        let limit = try form.limit()
        let time = try form.optionalTime("time") ?? clock.now()
        return try await answer(form, limit: limit, at: time) { expression, context, series in
            { () throws(EvaluationError) in
                try context.engine.evaluate(
                    expression,
                    at: time,
                    in: series,
                    interruption: context.interruption
                )
            }
        }
    }

    private func range(_ form: RequestForm) async throws(QueryFailure) -> Reply {
        let limit = try form.limit()
        let start = try form.time("start")
        let end = try form.time("end")
        guard end >= start else {
            throw .parameter("end", "end timestamp must not be before start time")
        }
        let step = try form.duration("step")
        guard step > .zero else {
            throw .parameter(
                "step",
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer"
            )
        }
        guard (end - start) / step < Double(EngineOptions().maximumSteps) else {
            throw .badData(
                "exceeded maximum resolution of 11,000 points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)"
            )
        }
        return try await answer(form, limit: limit, at: start) { expression, context, series in
            { () throws(EvaluationError) in
                try context.engine.evaluate(
                    expression,
                    from: start,
                    through: end,
                    step: step,
                    in: series,
                    interruption: context.interruption
                )
            }
        }
    }

    private func expression(_ form: RequestForm) throws(QueryFailure) -> Expression {
        do throws(ParseError) {
            return try Expression.parse(form.text("query"), options: runner.options.parser)
        } catch {
            throw .parameter("query", "\(error)")
        }
    }

    private typealias Evaluation = () throws(EvaluationError) -> QueryResult

    /// Parses, evaluates and encodes the response on the thread of the query, because each of them
    /// may take long.
    private func answer(
        _ form: RequestForm,
        limit: Int,
        at time: Timestamp,
        _ prepare:
            @escaping @Sendable (Expression, QueryRunner.Context, SeriesStore) -> Evaluation
    ) async throws(QueryFailure) -> Reply {
        let timeout = try form.optionalDuration("timeout")
        let lookback = try lookback(form)
        let showsTimings = !form.text("stats").isEmpty
        return try await runner.run(timeout: timeout, lookback: lookback) {
            [clock] context throws(QueryFailure) in
            let expression = try expression(form)
            let began = clock.elapsed()
            let (series, warning) = try context.series(for: expression, from: time)
            var result: QueryResult
            do throws(EvaluationError) {
                result = try prepare(expression, context, series)()
            } catch {
                throw QueryFailure(error)
            }
            var timings = QueryTimings(queued: context.queued)
            timings.evaluation = clock.elapsed() - began
            let isTruncated = result.value.truncate(to: limit)
            let answer = result.value.answer(
                at: time,
                warnings: (isTruncated ? [QueryReply.truncation] : [])
                    + [warning].compactMap(\.self)
                    + Self.some(result.annotations.warnings, "warning"),
                infos: Self.some(result.annotations.infos, "info"),
                showsTimings ? timings : nil
            )
            return try answer.reply(.json([]), within: context.budget, context.turns)
        }
    }

    private func lookback(_ form: RequestForm) throws(QueryFailure) -> Duration? {
        let text = form.text("lookback_delta")
        if text.isEmpty { return nil }
        do throws(RequestForm.DurationFailure) {
            return try RequestForm.duration(text)
        } catch {
            throw .badData("error parsing lookback delta duration: \(error.text)")
        }
    }

    private static let maximumAnnotations = 10

    private static func some(_ texts: [String], _ kind: String) -> [String] {
        let omitted = texts.count - maximumAnnotations
        guard omitted > 0 else { return texts }
        return texts.prefix(maximumAnnotations) + ["\(omitted) more \(kind) annotations omitted"]
    }
}
