import API
import Testing

@testable import Agent

@Suite("The stop signal")
struct StopSignalTests {
    @Test("ends a race and cancels the operation")
    func endsARace() async {
        let stop = StopSignal()
        async let isCancelled: Bool? = stop.race {
            // Returns only when cancelled.
            await AsyncEvent().wait()
            return Task.isCancelled
        }
        stop.request()
        // Either of the two may be noticed first.
        #expect(await isCancelled ?? true)
        #expect(stop.isRequested)
    }

    @Test("lets an operation win that completes first")
    func operationWins() async {
        #expect(await StopSignal().race { 42 } == 42)
    }

    @Test("wakes all waiters, and later ones return at once")
    func wakesAll() async {
        let stop = StopSignal()
        let awake = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await stop.wait()
                    return stop.isRequested
                }
            }
            stop.request()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(awake == Array(repeating: true, count: 10))
        await stop.wait()
        #expect(stop.isRequested)
    }

    @Test("releases a cancelled waiter")
    func cancelled() async {
        let stop = StopSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await stop.wait() }
            group.cancelAll()
        }
        #expect(!stop.isRequested)
    }
}
