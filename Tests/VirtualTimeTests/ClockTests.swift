import Testing
import VirtualTime

@Suite("The virtual clocks")
struct ClockTests {
    @Test("time advances only while all tasks sleep, to the next deadline")
    func jumpsToDeadline() throws {
        let time = VirtualTime()
        try time.run {
            #expect(time.now == .zero)
            try await time.sleep(for: .seconds(3600))
            #expect(time.now == .seconds(3600))
            try await time.sleep(for: .nanoseconds(1))
            #expect(time.now == .seconds(3600) + .nanoseconds(1))
        }
    }

    @Test("sleepers wake by deadline, and for equal deadlines in the order of their sleeps")
    func order() throws {
        let time = VirtualTime()
        try time.run {
            await withDiscardingTaskGroup { group in
                for (name, seconds) in [("a", 3), ("b", 1), ("c", 3), ("d", 2), ("e", 1)] {
                    group.addTask {
                        try? await time.sleep(for: .seconds(seconds))
                        time.trace.record(name)
                    }
                }
            }
        }
        #expect(time.trace.newest(9) == ["b", "e", "d", "a", "c"])
    }

    @Test("tasks started by a sleeper run before the next sleeper with the same deadline")
    func oneAtATime() throws {
        let time = VirtualTime()
        try time.run {
            await withDiscardingTaskGroup { group in
                for name in ["a", "b"] {
                    group.addTask {
                        try? await time.sleep(for: .seconds(1))
                        await withDiscardingTaskGroup { inner in
                            for number in 1...2 {
                                inner.addTask { time.trace.record("\(name)\(number)") }
                            }
                        }
                    }
                }
            }
        }
        #expect(time.trace.newest(9) == ["a1", "a2", "b1", "b2"])
    }

    @Test("a sleep of zero or less lets the others run and takes no time")
    func noLength() throws {
        let time = VirtualTime()
        try time.run {
            async let other: Void = time.trace.record("other")
            try await time.sleep(for: .zero)
            time.trace.record("after zero")
            await other
            try await time.sleep(for: .seconds(-5))
            #expect(time.now == .zero)
        }
        #expect(time.trace.newest(9) == ["other", "after zero"])
    }

    @Test("a jump of the wall clock does not affect the boot clock, sleepers or virtual time")
    func wallJumps() throws {
        let time = VirtualTime(wallMilliseconds: 1_000_000, elapsed: .seconds(50))
        try time.run {
            async let slept: Void = time.sleep(for: .seconds(100))
            try await time.sleep(for: .seconds(10))
            #expect(time.wallMilliseconds == 1_010_000)
            #expect(time.elapsed == .seconds(60))
            time.moveWall(by: .seconds(-3600))
            #expect(time.wallMilliseconds == 1_010_000 - 3_600_000)
            time.setWall(toMilliseconds: 5_000_000)
            try await slept
            #expect(time.now == .seconds(100))
            #expect(time.elapsed == .seconds(150))
            #expect(time.wallMilliseconds == 5_090_000)
        }
    }

    @Test("a wall clock before the epoch is rounded down like any other")
    func beforeTheEpoch() throws {
        let time = VirtualTime(wallMilliseconds: -10)
        try time.run {
            try await time.sleep(for: .microseconds(500))
            #expect(time.wallMilliseconds == -10)
            try await time.sleep(for: .microseconds(600))
            #expect(time.wallMilliseconds == -9)
        }
    }

    @Test("a boot restarts the boot clock with a new id")
    func boots() throws {
        let time = VirtualTime(elapsed: .seconds(50))
        try time.run {
            let first = time.bootID
            let wall = time.wallMilliseconds
            time.reboot()
            #expect(time.bootID != first)
            #expect(time.elapsed == .zero)
            try await time.sleep(for: .seconds(7))
            #expect(time.elapsed == .seconds(7))
            #expect(time.wallMilliseconds == wall + 7000)
        }
    }

    @Test("successive runs continue where the previous one ended")
    func severalRuns() throws {
        let time = VirtualTime()
        for _ in 0..<3 { try time.run { try await time.sleep(for: .seconds(1)) } }
        #expect(time.now == .seconds(3))
    }
}
