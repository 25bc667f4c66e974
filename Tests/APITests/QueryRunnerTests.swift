import Agent
import PromQL
import Series
import Testing

@testable import API
import Time

@Suite("Queries beside the cycle")
struct QueryRunnerTests {
    private static func runner(
        _ board: SeriesBoard,
        _ change: (inout QueryOptions) -> Void = { _ in }
    ) -> QueryRunner {
        var options = QueryOptions()
        change(&options)
        return QueryRunner(options: options, board: board, clock: .system)
    }

    private static var snapshot: SeriesSnapshot {
        var store = SeriesStore(retention: .seconds(60), maximumSeries: 10)
        store.append(["__name__": "m"], 1, at: Timestamp(milliseconds: 0))
        return SeriesSnapshot(series: store, evaluationInterval: .seconds(30))
    }

    @Test("wait for the series that the cycle works on, but not for ever")
    func waitsForTheCycle() async throws {
        let board = SeriesBoard()
        let runner = Self.runner(board)
        await #expect(
            throws: QueryFailure(kind: .timeout, text: "query timed out in query preparation")
        ) {
            try await runner.run(timeout: .milliseconds(20)) { _ in 0 }
        }
        board.publish(Self.snapshot)
        board.withdraw()
        async let count = runner.run { $0.series.seriesCount }
        try await Task.sleep(for: .milliseconds(20))
        board.publish(Self.snapshot)
        #expect(try await count == 1)
    }

    @Test("have no more places than they may, and are given up when none becomes free")
    func places() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let runner = Self.runner(board) { $0.maximumConcurrency = 1 }
        let entered = AsyncEvent()
        let release = AsyncEvent()
        async let first = runner.run { _ in
            entered.set()
            while !release.isSet {}
            return 1
        }
        await entered.wait()
        await #expect(
            throws: QueryFailure(kind: .timeout, text: "query timed out in query queue")
        ) {
            try await runner.run(timeout: .milliseconds(20)) { _ in 2 }
        }
        release.set()
        #expect(try await first == 1)
        #expect(try await runner.run { _ in 3 } == 3)
    }

    @Test("are told when their time is over, and when nobody waits any more")
    func interruptions() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let runner = Self.runner(board)
        let reason = try await runner.run(timeout: .milliseconds(20)) { context in
            while true {
                if let reason = context.interruption() { return reason }
            }
        }
        #expect(reason == .timeout)
        let cancelled = await withTaskGroup(of: Interruption?.self) { group in
            group.addTask {
                try? await runner.run { context in
                    while true {
                        if let reason = context.interruption() { return reason }
                    }
                }
            }
            try? await Task.sleep(for: .milliseconds(20))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(cancelled == .cancellation || cancelled == nil)
    }

    @Test("take the step of subqueries from the agent's evaluation interval")
    func subqueryStep() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let step = try await Self.runner(board).run { $0.engine.options.defaultSubqueryStep }
        #expect(step == .seconds(30))
    }
}
