import TestSupport
import Testing
import VirtualTime

@Suite("A simulation is deterministic")
struct DeterminismTests {
    /// A counter as state shared by tasks.
    private actor Ledger {
        private(set) var entries = 0

        func enter() -> Int {
            entries += 1
            return entries
        }
    }

    /// Twenty tasks that loop for a day, with different pauses, and share an actor.
    private func day(seed: UInt64) throws -> VirtualTime {
        let time = VirtualTime()
        time.trace.keep(0)
        try time.run {
            let ledger = Ledger()
            await withDiscardingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        var random = SeededRandom(seed: seed &* 100 &+ UInt64(number))
                        while time.now < .seconds(86_400) {
                            let pause = 4_000 + random.number(below: 12_000)
                            try? await time.sleep(for: .milliseconds(pause))
                            let entry = await ledger.enter()
                            time.trace.record("\(number) \(entry) \(pause)")
                        }
                    }
                }
            }
        }
        return time
    }

    @Test("twenty tasks over a day give the same trace twice, and another with another seed")
    func traces() throws {
        let (first, second, other) = (try day(seed: 1), try day(seed: 1), try day(seed: 2))
        #expect(first.trace.count > 150_000)
        #expect(first.trace.hash == second.trace.hash)
        #expect(first.trace.count == second.trace.count)
        #expect(first.jobCount == second.jobCount)
        #expect(first.trace.hash != other.trace.hash)
    }

    /// A literal, so that different processes, builds and machines are compared.
    @Test("the trace is the same in every process")
    func sameEverywhere() throws {
        let time = VirtualTime()
        try time.run {
            await withDiscardingTaskGroup { group in
                for number in 1...5 {
                    group.addTask {
                        for round in 1...40 {
                            try? await time.sleep(for: .milliseconds(number * round % 7 * 100))
                            time.trace.record("\(number).\(round) \(time.wallMilliseconds)")
                        }
                    }
                }
            }
        }
        #expect(time.trace.count == 200)
        #expect(time.trace.hash == 13_812_695_159_752_347_477)
    }

    @Test("the hash distinguishes where lines end")
    func linesEnd() {
        let (joined, split) = (EventTrace(), EventTrace())
        joined.record("ab")
        joined.record("")
        split.record("a")
        split.record("b")
        #expect(joined.hash != split.hash)
    }

    @Test("the newest lines are kept, and all are counted")
    func keptLines() {
        let trace = EventTrace()
        trace.keep(3)
        for number in 1...100 { trace.record("\(number)") }
        #expect(trace.newest(10) == ["98", "99", "100"])
        #expect(trace.newest(1) == ["100"])
        #expect(trace.count == 100)
    }
}
