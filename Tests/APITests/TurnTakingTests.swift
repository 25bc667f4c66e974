import Synchronization
import TestSupport
import Testing
import Threads

@testable import API

@Suite("Turns of queries")
struct TurnTakingTests {
    /// How many compute now, and the most that have at once.
    private final class Gauge: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var now: Int { counts.withLock { $0.now } }
        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() {
            counts.withLock { $0.now -= 1 }
        }
    }

    @Test("let no more compute at once than there are places, and each in the end")
    func places() async {
        let taking = TurnTaking(places: 2)
        let gauge = Gauge()
        let pool = ThreadPool(name: "turns", count: 6)
        await withDiscardingTaskGroup { group in
            for _ in 0..<6 {
                group.addTask {
                    await pool.run {
                        for _ in 0..<200 {
                            taking.begin()
                            gauge.enter()
                            gauge.leave()
                            taking.end()
                        }
                    }
                }
            }
        }
        #expect(gauge.now == 0)
        #expect((1...2).contains(gauge.most))
    }

    @Test("go to the next in line when a slice is over, and not before")
    func slices() async throws {
        let taking = TurnTaking(places: 1)
        let time = ManualClock()
        let pool = ThreadPool(name: "turns", count: 1)
        let first = QueryTurns(taking) { time.elapsed }
        let events = Mutex<[String]>([])
        async let second: Void = pool.run {
            let turns = QueryTurns(taking) { time.elapsed }
            events.withLock { $0.append("second computes") }
            turns.end()
        }
        try await eventually("the second waits") { taking.isAwaited }
        time.advance(by: .milliseconds(19))
        first.yield()
        events.withLock { $0.append("first computes") }
        time.advance(by: .milliseconds(1))
        first.yield()
        events.withLock { $0.append("first computes again") }
        first.end()
        await second
        #expect(
            events.withLock { $0 } == [
                "first computes", "second computes", "first computes again",
            ]
        )
    }
}
