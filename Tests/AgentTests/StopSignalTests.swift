import Testing

@testable import Agent

@Suite("The stop signal")
struct StopSignalTests {
    @Test("ends a race and cancels what ran in it")
    func endsARace() async {
        let stop = StopSignal()
        async let result: Bool? = stop.race {
            do {
                try await Task.sleep(for: .seconds(60))
                return true
            } catch {
                return false
            }
        }
        stop.request()
        #expect(await result != true)
        #expect(stop.isRequested)
    }

    @Test("lets an operation win that ends first")
    func operationWins() async {
        #expect(await StopSignal().race { 42 } == 42)
    }

    @Test("wakes everybody who waits, and whoever comes later")
    func wakesAll() async {
        let stop = StopSignal()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { await stop.wait() } }
            stop.request()
        }
        await stop.wait()
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
