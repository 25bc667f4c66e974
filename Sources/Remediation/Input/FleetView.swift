package import Time

/// What the agent knows about the fleet at the moment of a step.
package struct FleetView: Hashable, Sendable {
    /// Every graph that is known, healthy ones too: the breaker takes its percentages of them.
    package var graphs: [GraphID: GraphView]
    /// Since when the agent sees the fleet without a gap; nil while it is blind.
    package var sightSince: Timestamp?
    /// A reading older than this is stale.
    package var freshness: Duration
    /// Graphs that look sick, those of pending alerts included.
    package var sickGraphs: Int
    /// Why the agent may watch but not act (the ledger is broken, the clock jumped, ...).
    package var detectOnly: String?
    /// What keeps the whole fleet from being acted upon.
    package var externalHolds: [ExternalHold]

    package init(
        graphs: [GraphID: GraphView],
        sightSince: Timestamp?,
        freshness: Duration,
        sickGraphs: Int = 0,
        detectOnly: String? = nil,
        externalHolds: [ExternalHold] = []
    ) {
        self.graphs = graphs
        self.sightSince = sightSince
        self.freshness = freshness
        self.sickGraphs = sickGraphs
        self.detectOnly = detectOnly
        self.externalHolds = externalHolds
    }
}
