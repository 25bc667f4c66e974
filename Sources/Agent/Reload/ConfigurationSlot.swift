package import Configuration
package import API
import Synchronization

/// Where a configuration that was read waits for the gap between two cycles.
package final class ConfigurationSlot: Sendable {
    /// A configuration, and whom to tell what became of it: exactly once.
    package struct Offer: Sendable {
        package let loaded: LoadedConfiguration
        fileprivate let answer: CheckedContinuation<ReloadOutcome, Never>

        package func answer(_ outcome: ReloadOutcome) {
            answer.resume(returning: outcome)
        }
    }

    private struct State {
        var offer: Offer?
        var isClosed = false
    }

    /// Set while an offer waits.
    package let filled = AsyncEvent()
    private let state = Mutex(State())

    package init() {}

    /// Returns when the cycle has taken the configuration over, or refused it. One offer at a time:
    /// a second one that comes before the first is taken is refused.
    package func offer(_ loaded: LoadedConfiguration) async -> ReloadOutcome {
        await withCheckedContinuation { continuation in
            let refusal: ReloadOutcome? = state.withLock { state in
                if state.isClosed { return .stopping }
                guard state.offer == nil else { return .failed("another reload is under way") }
                state.offer = Offer(loaded: loaded, answer: continuation)
                return nil
            }
            if let refusal { return continuation.resume(returning: refusal) }
            filled.set()
        }
    }

    package func take() -> Offer? {
        filled.clear()
        return state.withLock { state in
            defer { state.offer = nil }
            return state.offer
        }
    }

    /// There are no more cycles.
    package func close() {
        state.withLock { $0.isClosed = true }
        take()?.answer(.stopping)
    }
}
