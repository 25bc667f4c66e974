/// Decides when a graph is restarted. Holds no clock and does no input or output; every hold has a
/// reason.
package struct Machine: Sendable {
    package private(set) var decisions: [GraphID: Decision] = [:]
    package private(set) var counters = Counters()
    /// What differs from the disk since `changesWereRecorded()`.
    package private(set) var changes = Changes()
    package private(set) var pauses: [Pause] = []
    var records: [GraphID: GraphRecord] = [:]

    package init() {}

    /// An intent without an outcome becomes an unknown outcome: it is looked for, never sent again.
    package init(restoring snapshot: MachineSnapshot, at instant: Instant) {
        records = Dictionary(uniqueKeysWithValues: snapshot.records.map { ($0.id, $0) })
        pauses = snapshot.pauses
    }

    package var snapshot: MachineSnapshot {
        MachineSnapshot(records: records.values.sorted { $0.id < $1.id }, pauses: pauses)
    }

    /// The changes so far are on disk. Until then they add up, so that a failed write is repeated.
    package mutating func changesWereRecorded() {
        changes = Changes()
    }

    /// The one entry. Requests are all that are active now, reports all that came in since the last
    /// step. The same calls give the same effects, in the same order.
    package mutating func step(
        requests: [RestartRequest],
        reports: [Report],
        view: FleetView,
        at instant: Instant
    ) -> [Effect] {
        []
    }

    /// Every gate with its verdict, as it stands now.
    package func explain(
        _ id: GraphID,
        in view: FleetView,
        at instant: Instant
    ) -> Explanation {
        Explanation(graphID: id, phase: .idle, decision: .idle, gates: [], attempts: [])
    }
}
