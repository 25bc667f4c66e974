package import API
import Synchronization

/// Collects reload requests from any thread. Requests that arrive during a reload are served
/// together by the next one, so each of them sees files that were read after it was made.
package final class ReloadRequests: Sendable {
    package typealias Waiter = CheckedContinuation<ReloadOutcome, Never>

    private struct State {
        var waiters: [Waiter] = []
        var isClosed = false
    }

    let asked = AsyncEvent()
    private let state = Mutex(State())

    package init() {}

    package func ask() {
        asked.set()
    }

    /// Returns when the files as of the call, or newer ones, are in force or were rejected.
    package func askAndWait() async -> ReloadOutcome {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                if !state.isClosed { state.waiters.append(waiter) }
                return !state.isClosed
            }
            if isOpen { asked.set() } else { waiter.resume(returning: .stopping) }
        }
    }

    /// Removes and returns the waiting requests.
    func take() -> [Waiter] {
        asked.clear()
        return state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
    }

    /// Answers waiting and later requests with `stopping`.
    func close() {
        state.withLock { $0.isClosed = true }
        for waiter in take() { waiter.resume(returning: .stopping) }
    }
}
