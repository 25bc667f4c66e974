import Synchronization

/// Whether the loop makes progress. Before each wait the loop sets the time of its next sign of
/// life.
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

    /// False once the loop is overdue; true before its first turn.
    func isAlive(at elapsed: Duration) -> Bool {
        state.withLock { $0.due.map { elapsed <= $0 } ?? true }
    }
}
