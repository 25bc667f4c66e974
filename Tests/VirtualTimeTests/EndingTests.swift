import Dispatch
import Testing
import VirtualTime

@Suite("The end of a simulation")
struct EndingTests {
    private struct Refusal: Error, Equatable {
        let code: Int
    }

    private func failure(
        of time: VirtualTime,
        limit: Duration = .seconds(2 * 86_400),
        _ body: @escaping @Sendable () async throws -> Void
    ) throws -> VirtualTimeError {
        try #require(throws: VirtualTimeError.self) { try time.run(limit: limit, body) }
    }

    @Test("with the value or the error of its body")
    func results() throws {
        let time = VirtualTime()
        #expect(try time.run { 42 } == 42)
        #expect(throws: Refusal(code: 7)) { try time.run { throw Refusal(code: 7) } }
        // The clock can be used for another run.
        try time.run { try await time.sleep(for: .seconds(1)) }
        #expect(time.now == .seconds(1))
    }

    @Test("a body that waits for nothing is a deadlock, reported with time and last events")
    func deadlock() throws {
        let time = VirtualTime()
        let error = try failure(of: time) {
            time.trace.record("before")
            try await time.sleep(for: .seconds(90_061))
            time.trace.record("the last one")
            let (stream, continuation) = AsyncStream<Int>.makeStream()
            for await _ in stream {}
            // Keeps the stream open.
            continuation.finish()
        }
        #expect(error.cause == .deadlock)
        #expect(error.time == .seconds(90_061))
        #expect(
            "\(error)" == """
                deadlock after 1d 01:01:01.000 of simulated time: no task runs or sleeps, \
                and the body has not returned
                  before
                  the last one
                """
        )
    }

    @Test("after a deadlock the body is cancelled, so that it releases its resources")
    func cancelledAfterDeadlock() throws {
        let time = VirtualTime()
        let error = try failure(of: time) {
            let (stream, continuation) = AsyncStream<Int>.makeStream()
            for await _ in stream {}
            time.trace.record("cancelled \(Task.isCancelled)")
            continuation.finish()
        }
        #expect(error.cause == .deadlock)
        #expect(time.trace.newest(1) == ["cancelled true"])
    }

    @Test("a body that keeps sleeping reaches the limit, and stops before it")
    func limit() throws {
        let time = VirtualTime()
        let error = try failure(of: time, limit: .seconds(100)) {
            while true { try await time.sleep(for: .seconds(30)) }
        }
        #expect(error.cause == .limit(sleepers: 1, until: .seconds(120)))
        #expect(error.time == .seconds(90))
        #expect("\(error)".hasPrefix("the limit was reached after 0d 00:01:30.000"))
    }

    @Test("a body that never waits is a livelock")
    func livelock() throws {
        let time = VirtualTime()
        let error = try failure(of: time) {
            while !Task.isCancelled { await Task.yield() }
        }
        guard case .livelock = error.cause else {
            Issue.record("\(error)")
            return
        }
        #expect(time.now == .zero)
    }

    @Test("work that resumes from another thread is an error, even if the body succeeds")
    func leavesThread() throws {
        let time = VirtualTime()
        let error = try failure(of: time) {
            let (waiting, continuations) = AsyncStream<CheckedContinuation<Void, Never>>
                .makeStream()
            await withDiscardingTaskGroup { group in
                group.addTask { await withCheckedContinuation { continuations.yield($0) } }
                group.addTask {
                    // The first task is suspended by now.
                    guard let continuation = await waiting.first(where: { _ in true }) else {
                        return
                    }
                    let resumed = DispatchSemaphore(value: 0)
                    DispatchQueue(label: "elsewhere").async {
                        continuation.resume()
                        resumed.signal()
                    }
                    resumed.wait()
                }
            }
        }
        #expect(error.cause == .leftThread(jobs: 1))
        #expect("\(error)".hasPrefix("not deterministic: 1 jobs came from other threads"))
    }

    @Test("task groups, async let, streams and actors all stay on the thread")
    func structuredConcurrencyStays() throws {
        actor Counter {
            var count = 0
            func increment() { count += 1 }
        }
        let time = VirtualTime()
        let count = try time.run {
            let counter = Counter()
            let (stream, continuation) = AsyncStream<Int>.makeStream()
            async let received: Void = {
                for await _ in stream { await counter.increment() }
            }()
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try? await time.sleep(for: .seconds(number % 3))
                        await counter.increment()
                        continuation.yield(number)
                    }
                }
            }
            continuation.finish()
            await received
            return await counter.count
        }
        #expect(count == 20)
        #expect(time.now == .seconds(2))
    }
}
