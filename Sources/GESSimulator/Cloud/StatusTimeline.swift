import Time

/// The past and scheduled statuses of one graph: its status at any time is looked up in the
/// timeline and never set by a timer.
struct StatusTimeline: Sendable {
    struct Phase: Hashable, Sendable {
        var begin: Timestamp
        var status: SimulatedGraph.Status
    }

    /// Ordered by time; never empty.
    private(set) var phases: [Phase]

    /// Past phases that are kept for delayed answers.
    private static let pastPhasesMaximum = 32

    init(_ status: SimulatedGraph.Status, from begin: Timestamp) {
        phases = [Phase(begin: begin, status: status)]
    }

    /// The status at that time; before the first phase, the first phase's.
    func status(at instant: Timestamp) -> SimulatedGraph.Status {
        phase(at: instant).status
    }

    func phase(at instant: Timestamp) -> Phase {
        phases.last { $0.begin <= instant } ?? phases[0]
    }

    /// When the phase at that time ends; nil if no other is scheduled.
    func end(after instant: Timestamp) -> Timestamp? {
        phases.first { $0.begin > instant }?.begin
    }

    /// Discards everything scheduled after `instant` and schedules `phases` instead.
    mutating func replan(at instant: Timestamp, _ planned: [Phase]) {
        let current = phase(at: instant)
        phases.removeAll { $0.begin > instant }
        if phases.isEmpty { phases = [current] }
        phases += planned
        let past = phases.lastIndex { $0.begin <= instant } ?? 0
        if past > Self.pastPhasesMaximum {
            phases.removeFirst(past - Self.pastPhasesMaximum)
        }
    }

    /// When the status last changed; `updated` in the answers.
    func lastChange(before instant: Timestamp) -> Timestamp {
        phase(at: instant).begin
    }
}
