import Synchronization
package import Time

/// A clock that advances only when told to, or when someone sleeps.
package final class ManualClock: Sendable {
    private struct State {
        var elapsed: Duration
        /// 2025-01-02T03:04:05Z
        var wall = Timestamp(milliseconds: 1_735_787_045_000)
        var sleeps: [Duration] = []
    }

    private let state: Mutex<State>

    package init(elapsed: Duration = .seconds(1_000)) {
        state = Mutex(State(elapsed: elapsed))
    }

    package var sleeps: [Duration] { state.withLock(\.sleeps) }
    package var elapsed: Duration { state.withLock(\.elapsed) }
    package var wall: Timestamp { state.withLock(\.wall) }

    package func advance(by duration: Duration) {
        state.withLock {
            $0.elapsed += duration
            $0.wall = $0.wall + duration
        }
    }

    /// Returns at once, with the time advanced.
    package func sleep(for duration: Duration) {
        state.withLock { $0.sleeps.append(duration) }
        advance(by: duration)
    }
}
