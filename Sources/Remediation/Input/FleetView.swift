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
    /// nil while the agent has no source of them: it keeps no calendar and asks no Alertmanager.
    package var externalHolds: [ExternalHold]?
    /// Whether persons can give orders to this agent. Without them no pause can arise.
    package var acceptsOrders: Bool

    package init(
        graphs: [GraphID: GraphView],
        sightSince: Timestamp?,
        freshness: Duration,
        sickGraphs: Int = 0,
        detectOnly: String? = nil,
        externalHolds: [ExternalHold]? = nil,
        acceptsOrders: Bool = false
    ) {
        self.graphs = graphs
        self.sightSince = sightSince
        self.freshness = freshness
        self.sickGraphs = sickGraphs
        self.detectOnly = detectOnly
        self.externalHolds = externalHolds
        self.acceptsOrders = acceptsOrders
    }
}
