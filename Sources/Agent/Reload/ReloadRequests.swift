package import API
import Synchronization

/// Where those who want the files read again say so, from any thread. Many requests that come while
/// one is being served are served together by the next: each of them sees files that were read
/// after it asked.
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

    /// Returns when the files that were there at the time of the call, or newer ones, are in force
    /// or were refused.
    package func askAndWait() async -> ReloadOutcome {
        await withCheckedContinuation { waiter in
            let isOpen = state.withLock { state in
                if !state.isClosed { state.waiters.append(waiter) }
                return !state.isClosed
            }
            if isOpen { asked.set() } else { waiter.resume(returning: .stopping) }
        }
    }

    /// Everybody who waits; the requests so far count as taken.
    func take() -> [Waiter] {
        asked.clear()
        return state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
    }

    /// Nothing is reloaded any more.
    func close() {
        state.withLock { $0.isClosed = true }
        for waiter in take() { waiter.resume(returning: .stopping) }
    }
}
