package import Diagnosis
package import Time

/// What the agent knows about one graph.
package struct GraphView: Hashable, Sendable {
    package var id: GraphID
    package var name: String
    /// As GES writes it, such as "200" (GES API, status codes).
    package var statusCode: String
    /// Since when the agent has seen the current status without a gap. While nobody looked, the
    /// status may have changed and changed back.
    package var statusSince: Timestamp
    /// When the graph was last read from the management plane; nil if it never was.
    package var observedAt: Timestamp?
    /// Whether a hang is proved.
    package var verdict: Verdict
    /// The signs that the verdict rests on. They are asked again before a restart.
    package var restsOn: [String] = []
    /// How far its work had come, if it is hung.
    package var seenProgress: SeenProgress?
    /// The newest look at the data plane; nil if nobody has looked.
    package var probe: ProbeView?
    /// Whether the graph has answered since it was created.
    package var wasReached = true
    /// Whether one of its probes is alive, such as that of the front end of an engine that hangs.
    package var answersInPart = false
    /// Whether another agent watches it and reports nothing.
    package var isWellElsewhere = false
    /// Since when any of the agents that divide the watch suspects it, if the verdict is of one that
    /// has not read it for long enough, or waits for the word of others.
    package var suspectedSince: Timestamp?
    /// Since when it has refused or not accepted connections; nil while it accepts them.
    package var unreachableSince: Timestamp?
    /// The way to it; nil while that is not known.
    package var path: Path?
    /// The jobs of the management plane that name it, running ones and, where they are listed,
    /// ended ones; nil if they could not be read.
    package var jobs: [FoundJob]?
    /// The jobs of each kind of operation that have ended well within the last month; nil while that
    /// was not read, or if another graph has the same name. Filled in for graphs that a restart may
    /// come to.
    package var endedJobs: [HangClass: EndedJobs]?
    /// Its tasks; nil if it never listed them. Filled in for graphs that a restart may come to.
    package var tasks: ListedTasks?
    /// Its running tasks that GES lets one cancel; nil if they could not be read or nobody asks.
    package var cancellableTasks: [CancellableTask]?
    /// The kind of graph, as GES writes it; nil if it does not say.
    package var edition: String?
    /// The name of the entry of `graphs` in the configuration that matches; nil if none does.
    package var entry: String?
    /// nil if no entry of `graphs` in the configuration matches: such a graph is never restarted.
    package var policy: Policy? {
        get { sharedPolicy?.policy }
        set { sharedPolicy = newValue.map(SharedPolicy.init) }
    }
    /// `policy` itself. A policy is large, and the same for many graphs.
    package var sharedPolicy: SharedPolicy?
    /// What holds this graph from outside, in addition to what holds the fleet.
    package var externalHolds: [ExternalHold]

    package init(
        id: GraphID,
        name: String,
        statusCode: String,
        statusSince: Timestamp,
        observedAt: Timestamp?,
        verdict: Verdict,
        probe: ProbeView? = nil,
        policy: Policy?,
        externalHolds: [ExternalHold] = []
    ) {
        self.id = id
        self.name = name
        self.statusCode = statusCode
        self.statusSince = statusSince
        self.observedAt = observedAt
        self.verdict = verdict
        self.probe = probe
        sharedPolicy = policy.map(SharedPolicy.init)
        self.externalHolds = externalHolds
    }
}

/// The jobs of one kind that ended well.
package struct EndedJobs: Hashable, Sendable {
    package var count: Int
    /// The 99th percentile of their durations; nil if there are none.
    package var p99: Duration?

    package init(count: Int, p99: Duration? = nil) {
        self.count = count
        self.p99 = p99
    }
}

/// A policy in one place, to which many views refer.
package final class SharedPolicy: Hashable, Sendable {
    package let policy: Policy

    package init(_ policy: Policy) {
        self.policy = policy
    }

    package static func == (left: SharedPolicy, right: SharedPolicy) -> Bool {
        left === right || left.policy == right.policy
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(policy)
    }
}

/// One look at a graph's data plane.
package struct ProbeView: Hashable, Sendable {
    /// Whether every probe was answered by a working graph.
    package var answered: Bool
    package var at: Timestamp
    /// What each probe says, by kind.
    package var signs: [String: Word]

    package init(answered: Bool, at: Timestamp, signs: [String: Word] = [:]) {
        self.answered = answered
        self.at = at
        self.signs = signs
    }
}
