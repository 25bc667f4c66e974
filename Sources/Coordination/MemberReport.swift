package import Diagnosis
package import Remediation
package import Rules
package import Time

// Coordination holds what several agents tell one another about the same fleet, and the rules by
// which one of them may act. It is pure; the agent exchanges the values through etcd.
//
// One agent is the leader and acts. Every agent observes, and publishes what it sees of each graph
// that any of them suspects. A graph that one agent sees alive is not restarted. Leadership alone
// protects nothing, because a leader may be frozen between its decision and its request: what
// keeps a graph from being restarted twice is the shared record of its attempts, which changes
// only by a transaction that compares its version.

/// What one agent sees of a graph that it or another agent suspects.
package enum Sight: String, Hashable, Sendable, Codable, CaseIterable {
    /// The graph answers, or works on something that explains why it does not.
    case alive
    case suspect
    case hung
    /// The agent cannot tell, also because the path is broken.
    case unknown
    /// The agent does not list the graph.
    case absent
}

/// What an agent publishes with every step that changes it. It disappears with the agent's lease.
package struct MemberReport: Hashable, Sendable, Codable {
    /// Differs with every start of the process.
    package var id: String
    /// For people: the configured name, or the name of the host.
    package var name: String
    /// Where people reach the agent; nil if that is not known.
    package var url: String?
    package var version: String
    /// Equal for agents that would decide alike.
    package var policyHash: String
    /// Grows with each poll of the cloud, so that an agent that no longer polls is noticed.
    package var poll: Int
    /// The graphs that this agent suspects, with those that the others suspect: what it sees.
    package var sights: [String: Sight]
    /// The division of the watch by which the newest poll was made, see `WatchDivision`; nil for an
    /// agent that reads every graph.
    package var division: String?
    /// The restarts that the agent's own rules ask for. Only published by agents that divide the
    /// watch: the rules of the leader see only its own part.
    package var requests: [RestartRequest]?
    /// The alerts of the graphs that the agent watches, for the agent that watches them next.
    package var alerts: [AlertSnapshot]?
    /// The graphs that the agent cannot reach, with the time at which that began. Like `blocks` only
    /// published by agents that divide the watch.
    package var losses: [String: Onset]?
    /// What the agent's own alerts block.
    package var blocks: [PublishedBlock]?
    /// Since when the graphs are sick that the agent suspects.
    package var sickSince: [String: Timestamp]?
    /// When graphs with a sight answered their clients, as Cloud Eye told the agent.
    package var servedAt: [String: Timestamp]?

    package init(
        id: String,
        name: String,
        url: String? = nil,
        version: String = "",
        policyHash: String,
        poll: Int = 0,
        sights: [String: Sight] = [:],
        division: String? = nil,
        requests: [RestartRequest]? = nil,
        alerts: [AlertSnapshot]? = nil,
        losses: [String: Onset]? = nil,
        blocks: [PublishedBlock]? = nil,
        sickSince: [String: Timestamp]? = nil,
        servedAt: [String: Timestamp]? = nil
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.version = version
        self.policyHash = policyHash
        self.poll = poll
        self.sights = sights
        self.division = division
        self.requests = requests
        self.alerts = alerts
        self.losses = losses
        self.blocks = blocks
        self.sickSince = sickSince
        self.servedAt = servedAt
    }

    /// Graphs beyond are left out; the others then wait for an answer that does not come.
    package static let maximumSights = 5_000

    /// The graphs that the agent suspects itself.
    package var suspects: [String] {
        sights.filter { $0.value == .suspect || $0.value == .hung }.map(\.key)
    }

    /// The graphs that should be read by every agent: those that it suspects, and those of which it
    /// cannot tell.
    package var concerns: [String] {
        sights.filter { $0.value != .alive && $0.value != .absent }.map(\.key)
    }
}

/// An alert with the label `remediate: block`.
package struct PublishedBlock: Hashable, Sendable, Codable {
    /// The alert, for people.
    package var text: String
    package var since: Timestamp?
    /// Empty for one that blocks every graph.
    package var graphID: String

    package init(text: String, since: Timestamp?, graphID: String) {
        self.text = text
        self.since = since
        self.graphID = graphID
    }
}

/// What an agent says of graphs in a step, to be published.
package struct Publication: Hashable, Sendable {
    package var poll: Int
    package var sights: [String: Sight]
    /// The division of the watch by which that poll was made; nil for an agent that reads all.
    package var division: String?
    /// The restarts that the agent's own rules ask for, if agents divide the watch.
    package var requests: [RestartRequest]?
    package var alerts: [AlertSnapshot]?
    package var losses: [String: Onset]?
    package var blocks: [PublishedBlock]?
    package var sickSince: [String: Timestamp]?
    package var servedAt: [String: Timestamp]?
    /// The graphs that this agent reads, whoever watches them.
    package var concerns: Set<String> = []
    /// Whether the agent could act if it led.
    package var isFitToLead: Bool
    /// The leadership in whose name the agent acts; nil if it only observes.
    package var ledEpoch: Int64?

    package init(
        poll: Int,
        sights: [String: Sight],
        isFitToLead: Bool = true,
        ledEpoch: Int64? = nil
    ) {
        self.poll = poll
        self.sights = sights
        self.isFitToLead = isFitToLead
        self.ledEpoch = ledEpoch
    }
}
