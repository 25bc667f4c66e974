import GES
import Synchronization
import Time

/// Time that passes only when told to, or when somebody sleeps.
final class ManualClock: Sendable {
    private struct State {
        var elapsed = Duration.seconds(1_000)
        /// 2025-01-02T03:04:05Z
        var wall = Timestamp(milliseconds: 1_735_787_045_000)
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())

    var sleeps: [Duration] { state.withLock(\.sleeps) }
    var elapsed: Duration { state.withLock(\.elapsed) }
    var wall: Timestamp { state.withLock(\.wall) }

    func advance(by duration: Duration) {
        state.withLock {
            $0.elapsed += duration
            $0.wall = $0.wall + duration
        }
    }

    var clock: ClientClock {
        ClientClock(
            wall: { self.wall },
            elapsed: { self.elapsed },
            sleep: { duration in
                self.state.withLock { $0.sleeps.append(duration) }
                self.advance(by: duration)
            }
        )
    }
}
