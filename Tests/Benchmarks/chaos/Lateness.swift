import Synchronization

/// By how much this process resumes late, because something else uses the processors.
///
/// The simulated cloud and the relays run in this process, so its delay is added to every answer
/// that an agent waits for. If it is comparable to the timeout of a probe, bounds in time tell
/// nothing about the agents.
final class Lateness: Sendable {
    /// Two fifths of the timeout of a probe.
    static let bound = Duration.milliseconds(250)
    private static let period = Duration.milliseconds(20)

    private let longest = Mutex(Duration.zero)

    /// The longest delay so far.
    var worst: Duration { longest.withLock { $0 } }

    /// Measures until the task is cancelled.
    func measure() async {
        while !Task.isCancelled {
            let due = ContinuousClock.now + Self.period
            await Pacing.wait(Self.period)
            let late = ContinuousClock.now - due
            longest.withLock { $0 = max($0, late) }
        }
    }
}
