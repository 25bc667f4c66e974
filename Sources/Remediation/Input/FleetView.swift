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

/// What the agent knows about one graph.
package struct GraphView: Hashable, Sendable {
    package var id: GraphID
    package var name: String
    /// As GES writes it ("200"); see GES API, status codes.
    package var statusCode: String
    /// When the agent first saw the present status or, after a start, the graph itself.
    package var statusSince: Timestamp
    /// When the newest successful management reading was taken; nil if there never was one.
    package var observedAt: Timestamp?
    /// The newest data-plane probe; nil if this graph is not probed.
    package var probe: ProbeView?
    /// nil if no entry of `graphs` in the configuration matches: the graph is never acted upon.
    package var policy: Policy?
    package var externalHolds: [ExternalHold]

    package init(
        id: GraphID,
        name: String,
        statusCode: String,
        statusSince: Timestamp,
        observedAt: Timestamp?,
        probe: ProbeView? = nil,
        policy: Policy?,
        externalHolds: [ExternalHold] = []
    ) {
        self.id = id
        self.name = name
        self.statusCode = statusCode
        self.statusSince = statusSince
        self.observedAt = observedAt
        self.probe = probe
        self.policy = policy
        self.externalHolds = externalHolds
    }
}

package struct ProbeView: Hashable, Sendable {
    /// An error answer is an answer.
    package var answered: Bool
    package var at: Timestamp

    package init(answered: Bool, at: Timestamp) {
        self.answered = answered
        self.at = at
    }
}

/// A reason to hold that comes from outside: the machine keeps no calendar and asks nobody.
package enum ExternalHold: Hashable, Sendable {
    /// A maintenance window of the configuration is open.
    case maintenance(window: String)
    /// A silence of Alertmanager matches.
    case silenced(by: String)
    /// Another agent holds the lease.
    case notLeader(leader: String)
}
