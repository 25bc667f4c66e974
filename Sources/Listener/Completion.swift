import Synchronization

/// A one-time event that any number of tasks can wait for. Not an `EventLoopFuture`, because tasks
/// that wait for the server to end must be resumed even after the event loop has shut down.
final class Completion: Sendable {
    private struct State {
        var isComplete = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]

        mutating func newNumber() -> Int {
            nextWaiter += 1
            return nextWaiter
        }

        mutating func add(_ waiter: CheckedContinuation<Void, Never>) {
            waiters[newNumber()] = waiter
        }
    }

    private let state = Mutex(State())

    var isComplete: Bool { state.withLock(\.isComplete) }

    func complete() {
        let waiters = state.withLock { state in
            state.isComplete = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the event has occurred, even if the calling task is cancelled.
    func wait() async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                if !state.isComplete { state.add(continuation) }
                return !state.isComplete
            }
            if !waits { continuation.resume() }
        }
    }

    /// Runs `operation` on `executor` and cancels it when the event occurs. Returns once it has
    /// ended. Do not call this on the same executor: an operation that blocks its only thread would
    /// keep the event from being noticed.
    func cancelling(
        on executor: any TaskExecutor,
        _ operation: @escaping @Sendable () async -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) { await operation() }
            group.addTask { await self.waitOrCancellation() }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitOrCancellation() async {
        let number = state.withLock { $0.newNumber() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isComplete, !Task.isCancelled else { return false }
                    state.waiters[number] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
