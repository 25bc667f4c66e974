import PromQL
import Series
import Synchronization
import TestSupport
import Testing
import Time

@testable import API

@Suite("Queries concurrent with the cycle")
struct QueryRunnerTests {
    private static func runner(
        _ board: SeriesBoard,
        _ clock: AgentClock = clock(ManualClock()),
        _ change: (inout QueryOptions) -> Void = { _ in }
    ) -> QueryRunner {
        var options = QueryOptions()
        change(&options)
        return QueryRunner(options: options, board: board, clock: clock)
    }

    /// By default, sleeping tasks wait until they are cancelled.
    private static func clock(
        _ time: ManualClock,
        sleep: @escaping @Sendable (Duration) async -> Void = { _ in await AsyncEvent().wait() }
    ) -> AgentClock {
        AgentClock(now: { time.wall }, sleep: sleep, elapsed: { time.elapsed }, bootID: "boot")
    }

    /// Waiting tasks time out at once.
    private static func hurriedClock() -> AgentClock {
        let time = ManualClock()
        return clock(time) { time.sleep(for: $0) }
    }

    /// Time does not advance; the event is set when `count` waits have started.
    private static func clock(setting event: AsyncEvent, afterSleeps count: Int) -> AgentClock {
        let sleeps = Mutex(0)
        return clock(ManualClock()) { _ in
            let number = sleeps.withLock { sleeps in
                sleeps += 1
                return sleeps
            }
            if number == count { event.set() }
            await AsyncEvent().wait()
        }
    }

    private static var snapshot: SeriesSnapshot {
        var store = SeriesStore(retention: .seconds(60), maximumSeries: 10)
        store.append(["__name__": "m"], 1, at: Timestamp(milliseconds: 0))
        return SeriesSnapshot(series: store, evaluationInterval: .seconds(30))
    }

    @Test("wait for the series while the cycle uses them, but not forever")
    func waitsForTheCycle() async throws {
        let board = SeriesBoard()
        let impatient = Self.runner(board, Self.hurriedClock())
        await #expect(
            throws: QueryFailure(kind: .timeout, text: "query timed out in query preparation")
        ) {
            try await impatient.run(timeout: .milliseconds(20)) { _ in 0 }
        }
        board.publish(Self.snapshot)
        board.withdraw()
        // Waits for its slot, which is free, and then for the series.
        let waits = AsyncEvent()
        let patient = Self.runner(board, Self.clock(setting: waits, afterSleeps: 2))
        async let count = patient.run { $0.series.seriesCount }
        await waits.wait()
        board.publish(Self.snapshot)
        #expect(try await count == 1)
    }

    @Test("have a limited number of slots, and time out if none becomes free")
    func places() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let runner = Self.runner(board, Self.hurriedClock()) { $0.maximumConcurrency = 1 }
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

    @Test("are interrupted when they time out or are cancelled")
    func interruptions() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let time = ManualClock()
        let runner = Self.runner(board, Self.clock(time))
        let reasons = try await runner.run(timeout: .seconds(20)) { context in
            time.advance(by: .seconds(19))
            let before = context.interruption()
            time.advance(by: .seconds(1))
            return [before, context.interruption()]
        }
        #expect(reasons == [nil, .timeout])
        let entered = AsyncEvent()
        let reason = await withTaskGroup(of: Interruption?.self) { group in
            group.addTask {
                try? await runner.run { context in
                    entered.set()
                    while true {
                        if let reason = context.interruption() { return reason }
                    }
                }
            }
            await entered.wait()
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(reason == .cancellation)
    }

    @Test("use the agent's evaluation interval as the default step of subqueries")
    func subqueryStep() async throws {
        let board = SeriesBoard()
        board.publish(Self.snapshot)
        let step = try await Self.runner(board).run { $0.engine.options.defaultSubqueryStep }
        #expect(step == .seconds(30))
    }
}
