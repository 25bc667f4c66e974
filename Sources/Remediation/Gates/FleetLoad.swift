import Time

/// What the whole fleet has in progress and has used up, counted once per decision and not per
/// gate.
struct FleetLoad: Hashable {
    /// Graphs that hold a place.
    var inFlight: Set<GraphID> = []
    /// Graphs whose evidence is being collected: no intent yet, but likely soon.
    var gathering: Set<GraphID> = []
    /// When the intents that count were made, oldest first.
    var spent: [Timestamp] = []
    /// How many graphs look sick.
    var sick = 0

    func spent(since instant: Timestamp) -> [Timestamp] {
        spent.filter { $0 > instant }
    }
}

extension FleetLoad {
    /// A graph under repair is sick too, whatever the rules say of it at the moment: otherwise a
    /// storm would seem to end by our own restarts.
    init(
        records: some Collection<GraphRecord>,
        requested: some Collection<GraphID>,
        view: FleetView
    ) {
        for record in records {
            if record.phase.isInFlight { inFlight.insert(record.id) }
            if case .gatheringEvidence = record.phase { gathering.insert(record.id) }
            spent += record.attempts.lazy.filter(\.counts).map(\.createdAt)
        }
        spent.sort()
        sick = max(view.sickGraphs, inFlight.union(requested).count)
    }
}
