package import Time

/// What the agent knows about the fleet at the moment of a step. The gates see nothing else of the
/// world, so what is missing here cannot be taken for granted by any of them.
package struct FleetView: Hashable, Sendable {
    /// Every known graph, healthy ones too: the breaker takes its percentages of them.
    package var graphs: [GraphID: GraphView]
    /// Since when the agent has seen the fleet without a gap; nil while it is blind.
    package var sightSince: Timestamp?
    /// How old a reading or a probe may be to count as current.
    package var freshness: Duration
    /// How many graphs look sick, those with pending alerts included.
    package var sickGraphs: Int
    /// Why the agent may watch but not act (a broken ledger, a clock that jumped); nil if it may.
    package var detectOnly: String?
    /// What holds the whole fleet from outside. nil while the agent has no source of such holds:
    /// it keeps no calendar and asks no Alertmanager.
    package var externalHolds: [ExternalHold]?
    /// Whether persons can give orders to this agent. If they cannot, nobody can pause it.
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
