import Synchronization

/// Whether the cycle makes progress. It says before every step by when it will be heard of again.
package final class Pulse: Sendable {
    private struct State {
        var due: Duration?
        var hasCompletedCycle = false
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameter due: in elapsed time.
    func expectBeat(by due: Duration) {
        state.withLock { $0.due = due }
    }

    func completedCycle() {
        state.withLock { $0.hasCompletedCycle = true }
    }

    var hasCompletedCycle: Bool { state.withLock { $0.hasCompletedCycle } }

    /// False once the cycle is overdue. Before it begins nothing is.
    func isAlive(at elapsed: Duration) -> Bool {
        state.withLock { $0.due.map { elapsed <= $0 } ?? true }
    }
}
