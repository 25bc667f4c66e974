import Testing
import VirtualTime

@Suite("Cancelling a sleep")
struct CancellationTests {
    @Test("wakes only the cancelled sleeper, at once")
    func exactlyOne() throws {
        let time = VirtualTime()
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<5 {
                    group.addTask {
                        let isOver = (try? await time.sleep(for: .seconds(10 + number))) != nil
                        time.trace.record("\(number) \(isOver ? "woke" : "cancelled") \(time.now)")
                    }
                }
                group.addTask {
                    await withTaskGroup(of: Void.self) { inner in
                        inner.addTask {
                            let isOver = (try? await time.sleep(for: .seconds(12))) != nil
                            time.trace.record("inner \(isOver ? "woke" : "cancelled") \(time.now)")
                        }
                        try? await time.sleep(for: .seconds(3))
                        inner.cancelAll()
                    }
                }
            }
        }
        #expect(
            time.trace.newest(9) == [
                "inner cancelled 3.0 seconds", "0 woke 10.0 seconds", "1 woke 11.0 seconds",
                "2 woke 12.0 seconds", "3 woke 13.0 seconds", "4 woke 14.0 seconds",
            ]
        )
        #expect(time.now == .seconds(14))
    }

    @Test("does not let an already cancelled task sleep")
    func alreadyCancelled() throws {
        let time = VirtualTime()
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await time.sleep(for: .seconds(10))
                    }
                }
            }
        }
        #expect(time.now == .zero)
    }

    @Test("at the moment of waking either wakes or cancels the sleeper, but not both")
    func atTheSameMoment() throws {
        let time = VirtualTime()
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await time.sleep(for: .seconds(1)) }
                await group.next()
                group.addTask {
                    let isOver = (try? await time.sleep(for: .seconds(1))) != nil
                    time.trace.record("first \(isOver)")
                }
                group.addTask {
                    let isOver = (try? await time.sleep(for: .seconds(1))) != nil
                    time.trace.record("second \(isOver)")
                }
                await group.next()
                group.cancelAll()
            }
        }
        #expect(time.trace.newest(9) == ["first true", "second false"])
        #expect(time.now == .seconds(2))
    }

    /// Every iteration leaves a cancelled deadline far ahead, which must neither wake anything nor
    /// pile up.
    @Test("works for a long sleep that loses a race a hundred thousand times")
    func manyRaces() throws {
        let time = VirtualTime()
        try time.run {
            for _ in 0..<100_000 {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await time.sleep(for: .seconds(86_400)) }
                    group.addTask { try? await time.sleep(for: .milliseconds(1)) }
                    await group.next()
                    group.cancelAll()
                }
            }
        }
        #expect(time.now == .seconds(100))
    }
}
