package import Time
import Dispatch
import PromQL
import Series

/// Runs queries beside the cycle: each over a snapshot of the series, on a thread that is not of
/// the cooperative pool, so many at a time, and not beyond its time.
package struct QueryRunner: Sendable {
    let options: QueryOptions
    private let board: SeriesBoard
    private let clock: AgentClock
    private let gate: QueryGate
    private let queue = DispatchQueue(label: "graphwarden.query", attributes: .concurrent)

    package init(options: QueryOptions, board: SeriesBoard, clock: AgentClock) {
        self.options = options
        self.board = board
        self.clock = clock
        gate = QueryGate(places: options.maximumConcurrency)
    }

    /// What a query has to work with.
    struct Context {
        let series: SeriesStore
        let engine: Engine
        let interruption: @Sendable () -> Interruption?
        /// How long the query waited for its turn.
        let queued: Duration
    }

    /// - Parameter timeout: not more than the one of the options; nil takes that.
    func run<Value: Sendable>(
        timeout: Duration? = nil,
        lookback: Duration? = nil,
        _ body: @escaping @Sendable (Context) throws(QueryFailure) -> Value
    ) async throws(QueryFailure) -> Value {
        let began = clock.elapsed()
        let limit = min(timeout ?? options.timeout, options.timeout)
        switch await within(limit, gate.enter) {
        case .isIn: break
        case .turnedAway:
            throw QueryFailure(kind: .unavailable, text: "too many queries wait already")
        case .gaveUp, nil:
            throw QueryFailure(kind: .timeout, text: "query timed out in query queue")
        }
        defer { gate.leave() }
        let rest = limit - (clock.elapsed() - began)
        guard let found = await within(rest, board.snapshot), let snapshot = found else {
            throw QueryFailure(kind: .timeout, text: "query timed out in query preparation")
        }
        let engine = engine(snapshot, lookback)
        let queued = clock.elapsed() - began
        return try await onThread { [clock] cancelled throws(QueryFailure) in
            try body(
                Context(
                    series: snapshot.series,
                    engine: engine,
                    interruption: {
                        if cancelled.isSet { return .cancellation }
                        return clock.elapsed() - began >= limit ? .timeout : nil
                    },
                    queued: queued
                )
            )
        }
    }

    private func engine(_ snapshot: SeriesSnapshot, _ lookback: Duration?) -> Engine {
        var engine = options.engine(evaluationInterval: snapshot.evaluationInterval)
        if let lookback, lookback > .zero { engine.lookback = lookback }
        return Engine(options: engine)
    }

    /// Runs `body` until it ends or the time is over, which cancels it. What it answers then still
    /// counts: a place in the gate that was got at the last moment must be left.
    private func within<Value: Sendable>(
        _ limit: Duration,
        _ body: @escaping @Sendable () async -> Value
    ) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            group.addTask { [clock] in
                try? await clock.sleep(limit)
                return nil
            }
            var answer: Value?
            for await next in group {
                if let next { answer = next }
                group.cancelAll()
            }
            return answer
        }
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable (AsyncEvent) throws(QueryFailure) -> Value
    ) async throws(QueryFailure) -> Value {
        let cancelled = AsyncEvent()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<Value, QueryFailure>, Never>) in
                queue.async {
                    do throws(QueryFailure) {
                        continuation.resume(returning: .success(try body(cancelled)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            cancelled.set()
        }
        return try result.get()
    }
}
