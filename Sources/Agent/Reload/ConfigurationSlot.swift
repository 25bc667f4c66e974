package import Configuration
package import API
import Synchronization

/// Holds a loaded configuration until the loop adopts it between two steps.
package final class ConfigurationSlot: Sendable {
    /// A configuration and the continuation that receives the outcome, exactly once.
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

    /// Returns when the loop has adopted or rejected the configuration. A second offer is rejected
    /// while one is waiting.
    package func offer(_ loaded: LoadedConfiguration) async -> ReloadOutcome {
        await withCheckedContinuation { continuation in
            let refusal: ReloadOutcome? = state.withLock { state in
                if state.isClosed { return .stopping }
                guard state.offer == nil else { return .failed("another reload is in progress") }
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

    /// Rejects the waiting offer and all later ones. Call this after the last step.
    package func close() {
        state.withLock { $0.isClosed = true }
        take()?.answer(.stopping)
    }
}
