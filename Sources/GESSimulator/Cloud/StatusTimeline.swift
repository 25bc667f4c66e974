import Time

/// The statuses of one graph over time, the planned ones included: what a graph's status is, was or
/// will be is a question to the timeline, never the result of a timer.
struct StatusTimeline: Sendable {
    struct Phase: Hashable, Sendable {
        var begin: Timestamp
        var status: SimulatedGraph.Status
    }

    /// By time; never empty.
    private(set) var phases: [Phase]

    /// Past phases that are kept, for answers that lag behind.
    private static let pastPhasesMaximum = 32

    init(_ status: SimulatedGraph.Status, from begin: Timestamp) {
        phases = [Phase(begin: begin, status: status)]
    }

    /// The status at that moment; before the first phase, the first phase's.
    func status(at instant: Timestamp) -> SimulatedGraph.Status {
        phase(at: instant).status
    }

    func phase(at instant: Timestamp) -> Phase {
        phases.last { $0.begin <= instant } ?? phases[0]
    }

    /// When the phase that holds at that moment ends; nil when nothing else is planned.
    func end(after instant: Timestamp) -> Timestamp? {
        phases.first { $0.begin > instant }?.begin
    }

    /// Forgets what was planned for after `instant` and plans `phases` instead.
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

    /// When the status last became another one; what the answers call `updated`.
    func lastChange(before instant: Timestamp) -> Timestamp {
        phase(at: instant).begin
    }
}
