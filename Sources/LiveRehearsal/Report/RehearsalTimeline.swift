import Synchronization
import Time

/// What happened during a rehearsal, line by line.
final class RehearsalTimeline: Sendable {
    private struct State {
        var lines: [RehearsalReport.Line] = []
        var stall: String?
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Timestamp

    private static let maximumLines = 1_000

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    var lines: [RehearsalReport.Line] { state.withLock { $0.lines } }

    /// Why the restart stalled; nil if it did not.
    var stall: String? { state.withLock { $0.stall } }

    func note(stall: String) {
        state.withLock { $0.stall = $0.stall ?? stall }
    }

    /// Lines beyond the limit are lost; the first ones matter most.
    func add(_ text: String) {
        let line = RehearsalReport.Line(at: now(), text: text)
        state.withLock { if $0.lines.count < Self.maximumLines { $0.lines.append(line) } }
    }
}
