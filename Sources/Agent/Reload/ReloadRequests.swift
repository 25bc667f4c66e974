package import API
import Synchronization

/// Collects reload requests from any thread. Requests that arrive during a reload are served
/// together by the next one, so each of them sees files that were read after it was made.
package final class ReloadRequests: Sendable {
    package typealias Waiter = CheckedContinuation<ReloadOutcome, Never>

    /// What is served by one reload.
    struct Batch {
        /// Whether anybody asked. Nobody did if only the files have changed.
        var isRequested = false
        var waiters: [Waiter] = []
    }

    private struct State {
        var batch = Batch()
        var isClosed = false
    }

    let asked = AsyncEvent()
    private let state = Mutex(State())

    package init() {}

    package func ask() {
        state.withLock { $0.batch.isRequested = true }
        asked.set()
    }

    /// Returns when the files as of the call, or newer ones, are in force or were rejected.
    package func askAndWait() async -> ReloadOutcome {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                guard !state.isClosed else { return false }
                state.batch.isRequested = true
                state.batch.waiters.append(waiter)
                return true
            }
            if isOpen { asked.set() } else { waiter.resume(returning: .stopping) }
        }
    }

    /// Removes and returns the requests so far. One that arrives later sets `asked` again.
    func take() -> Batch {
        asked.clear()
        return state.withLock { state in
            defer { state.batch = Batch() }
            return state.batch
        }
    }

    /// Answers waiting and later requests with `stopping`.
    func close() {
        state.withLock { $0.isClosed = true }
        for waiter in take().waiters { waiter.resume(returning: .stopping) }
    }
}
