package import Time
import PromQL
import Series
import Synchronization
import Threads

/// Runs queries without disturbing the cycle: over a snapshot of the series, on threads of their
/// own that give way to all others, at most one thread less than there are cores at once, with
/// limited concurrency and a timeout. A query whose client has left ends.
package struct QueryRunner: Sendable {
    let options: QueryOptions
    private let board: SeriesBoard
    private let clock: AgentClock
    /// Nil if there are no samples but those in memory.
    private let older: (any OlderSamples)?
    let gate: QueryGate
    /// For everything that computes on the threads of queries, such as the encoding of answers.
    let turns = TurnTaking(places: ThreadPool.spareCores)
    /// One thread for each query that computes, and one for the tasks of those that wait. Routes
    /// that run queries name this pool.
    let pool: ThreadPool

    package init(
        options: QueryOptions,
        board: SeriesBoard,
        clock: AgentClock,
        older: (any OlderSamples)? = nil
    ) {
        self.options = options
        self.board = board
        self.clock = clock
        self.older = older
        gate = QueryGate(places: options.maximumConcurrency)
        pool = ThreadPool(
            name: "queries",
            count: options.maximumConcurrency + 1,
            niceness: Self.niceness
        )
    }

    let budget = AnswerBudget(maximumBytes: Self.answerBytes)
    /// Results of queries in memory until slow clients have read them, all together.
    private static let answerBytes = 32 << 20

    private static let niceness: Int32 = 10

    /// What the body of a query needs.
    struct Context {
        let series: SeriesStore
        let older: (any OlderSamples)?
        /// See `SeriesSnapshot`.
        let completeSince: Timestamp
        let now: Timestamp
        let engine: Engine
        let interruption: @Sendable () -> Interruption?
        let meter: QueryMeter
        /// How long the query waited before it started.
        let queued: Duration
        /// Of the answers that are being sent, and the turns in which they are encoded.
        let budget: AnswerBudget
        let turns: TurnTaking
    }

    /// - Parameter timeout: capped at the timeout of the options, which is also the default.
    func run<Value: Sendable>(
        timeout: Duration? = nil,
        lookback: Duration? = nil,
        _ body: @escaping @Sendable (Context) throws(QueryFailure) -> Value
    ) async throws(QueryFailure) -> Value {
        let began = clock.elapsed()
        let limit = min(timeout ?? options.timeout, options.timeout)
        switch await within(limit, gate.enter) {
        case .admitted: break
        case .rejected:
            throw QueryFailure(kind: .unavailable, text: "too many queries are already waiting")
        case .cancelled, nil:
            throw QueryFailure(kind: .timeout, text: "query timed out in query queue")
        }
        defer { gate.leave() }
        let rest = limit - (clock.elapsed() - began)
        guard let found = await within(rest, board.snapshot), let snapshot = found else {
            throw QueryFailure(kind: .timeout, text: "query timed out in query preparation")
        }
        let engine = engine(snapshot, lookback)
        let queued = clock.elapsed() - began
        return try await onThread {
            [clock, taking = turns, budget, older] cancelled throws(QueryFailure) in
            let turns = QueryTurns(taking, elapsed: clock.elapsed)
            defer { turns.end() }
            let interruption: @Sendable () -> Interruption? = {
                if cancelled.isSet { return .cancellation }
                turns.yield()
                return clock.elapsed() - began >= limit ? .timeout : nil
            }
            return try body(
                Context(
                    series: snapshot.series,
                    older: older,
                    completeSince: snapshot.completeSince,
                    now: clock.now(),
                    engine: engine,
                    interruption: interruption,
                    meter: QueryMeter(interruption),
                    queued: queued,
                    budget: budget,
                    turns: taking
                )
            )
        }
    }

    private func engine(_ snapshot: SeriesSnapshot, _ lookback: Duration?) -> Engine {
        var engine = options.engine(evaluationInterval: snapshot.evaluationInterval)
        if let lookback, lookback > .zero { engine.lookback = lookback }
        return Engine(options: engine)
    }

    /// Runs `body`, and cancels it after `limit`. A result that it returns after the cancellation
    /// still counts: a query that the gate admitted at the last moment must leave it again.
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
                pool.submit {
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
