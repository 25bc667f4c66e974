import Synchronization
import Time

/// What happened during a rehearsal, line by line.
final class RehearsalTimeline: Sendable {
    private struct State {
        var lines: [RehearsalReport.Line] = []
        var stall: String?
        var detail: String?
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp

    private static let maximumLines = 1_000
    private static let maximumLineBytes = 2_000

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    var lines: [RehearsalReport.Line] { state.withLock { $0.lines } }

    /// Why the restart stalled; nil if it did not.
    var stall: String? { state.withLock { $0.stall } }

    func note(stall: String) {
        state.withLock { $0.stall = $0.stall ?? stall }
    }

    /// What the audit trail said last of the graph; nil if nothing.
    var lastDetail: String? { state.withLock { $0.detail } }

    func note(detail: String) {
        state.withLock { $0.detail = detail }
    }

    /// The newest lines are kept, because the restart and its end come last.
    func add(_ text: String) {
        let line = RehearsalReport.Line(at: now(), text: text.cut(to: Self.maximumLineBytes))
        state.withLock { state in
            state.lines.append(line)
            if state.lines.count > Self.maximumLines { state.lines.removeFirst() }
        }
    }
}
