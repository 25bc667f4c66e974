import API
import Testing

@testable import Agent

@Suite("The stop signal")
struct StopSignalTests {
    @Test("ends a race and cancels what ran in it")
    func endsARace() async {
        let stop = StopSignal()
        async let isCancelled: Bool? = stop.race {
            // Returns only when it is cancelled.
            await AsyncEvent().wait()
            return Task.isCancelled
        }
        stop.request()
        // Whichever of the two is noticed first.
        #expect(await isCancelled ?? true)
        #expect(stop.isRequested)
    }

    @Test("lets an operation win that ends first")
    func operationWins() async {
        #expect(await StopSignal().race { 42 } == 42)
    }

    @Test("wakes everybody who waits, and whoever comes later")
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

    @Test("lets go of a waiter that is cancelled")
    func cancelled() async {
        let stop = StopSignal()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await stop.wait() }
            group.cancelAll()
        }
        #expect(!stop.isRequested)
    }
}
