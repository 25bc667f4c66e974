import Diagnosis
package import Time

/// What the agent knows about the fleet at the moment of a step. The gates see nothing else of the
/// world, so what is missing here cannot be taken for granted by any of them.
package struct FleetView: Hashable, Sendable {
    /// Every known graph, healthy ones too: populations are counted among them.
    package var graphs: [GraphID: GraphView]
    /// Since when the agent has seen the fleet without a gap; nil while it is blind.
    package var sightSince: Timestamp?
    /// How old a reading or a probe may be to count as current.
    package var freshness: Duration
    /// Whether the newest listing holds every graph of the project. A graph that is missing from a
    /// partial one may exist as before.
    package var isWhole: Bool
    /// Why the agent may watch but not act (a broken ledger, a clock that jumped); nil if it may.
    package var detectOnly: String?
    /// What holds the whole fleet from outside.
    package var externalHolds: [ExternalHold]
    /// Whether the configuration has maintenance windows.
    package var hasMaintenanceWindows = false
    /// Whether Alertmanagers are asked for silences.
    package var readsSilences = false
    /// Whether any rule has alerts that block restarts.
    package var hasBlockingAlerts = false
    /// Whether several agents agree on one that acts.
    package var hasLeader = false
    /// Whether another agent acts, or may act. This one only observes: it changes no record of a
    /// graph, and takes no orders but pauses.
    package var isObserving = false
    /// Whether the clock of this agent may differ from that of the others, who would read the end of
    /// a pause by their own.
    package var hasDoubtfulClock = false
    /// Whether persons can give orders to this agent. If they cannot, nobody can pause it.
    package var acceptsOrders: Bool
    /// The names of the entries of `graphs` in the configuration.
    package var entries: Set<String> = []
    /// Graphs with an alert that fires and may not ask for a restart now: it waits for an
    /// evaluation since the start, or its rule fails. It has not ended.
    package var undecided: Set<GraphID> = []
    /// How many more graphs some of them stand for: graphs of the same mode and path that are well.
    /// Only a backtest leaves any out.
    package var standIns: [GraphID: Int] = [:]
    /// Gates that are left out, to show that a scenario notices. The agent leaves none out.
    package var omittedGates: Set<Gate> = []

    package init(
        graphs: [GraphID: GraphView],
        sightSince: Timestamp?,
        freshness: Duration,
        isWhole: Bool = true,
        detectOnly: String? = nil,
        externalHolds: [ExternalHold] = [],
        acceptsOrders: Bool = false
    ) {
        self.graphs = graphs
        self.sightSince = sightSince
        self.freshness = freshness
        self.isWhole = isWhole
        self.detectOnly = detectOnly
        self.externalHolds = externalHolds
        self.acceptsOrders = acceptsOrders
    }
}

extension FleetView {
    /// The graphs that are hung or may be.
    package var sick: Set<GraphID> {
        Set(graphs.values.lazy.filter(\.verdict.isSick).map(\.id))
    }

    /// Whether the graph is gone: the agent sees the fleet, all of it, and not the graph.
    func isGone(_ id: GraphID) -> Bool {
        sightSince != nil && isWhole && graphs[id] == nil
    }
}
