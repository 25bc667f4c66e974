import Synchronization
import Time

/// What happened during a rehearsal, line by line.
final class RehearsalTimeline: Sendable {
    private let content = Mutex<[RehearsalReport.Line]>([])
    private let now: @Sendable () -> Timestamp

    private static let maximumLines = 1_000

    init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    var lines: [RehearsalReport.Line] { content.withLock { $0 } }

    /// Lines beyond the limit are lost; the first ones matter most.
    func add(_ text: String) {
        let line = RehearsalReport.Line(at: now(), text: text)
        content.withLock { if $0.count < Self.maximumLines { $0.append(line) } }
    }
}
