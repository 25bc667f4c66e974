import Diagnosis
package import Remediation
package import Rules

/// The settings of the cycle, derived from the configuration. A reload creates new ones.
package struct CycleSettings: Sendable {
    package var vantage: Vantage
    /// The first matching entry applies.
    package var graphs: [GraphEntry]
    /// The policy of entries that set nothing themselves.
    package var defaultPolicy: Policy
    /// Between two polls.
    package var interval: Duration
    /// A management reading older than this is stale.
    package var freshness: Duration
    /// The default interval of rule groups, and the default step of subqueries.
    package var evaluationInterval: Duration
    package var ruleFiles: [RuleFile]
    package var ruleOptions: RuleEngine.Options
    /// How long samples are kept.
    package var retention: Duration
    /// Whether samples of Cloud Eye are taken.
    package var readsCloudEye = false
    /// Whether readings of the nodes of graphs are taken.
    package var readsNodeMetrics = false
    /// Nil disables received alerts.
    package var webhook: WebhookTerms?
    package var maintenance: [MaintenanceWindow] = []
    /// The Alertmanagers whose silences hold graphs.
    package var alertmanagers: [SilenceSource] = []

    package init(
        vantage: Vantage,
        graphs: [GraphEntry],
        defaultPolicy: Policy = Policy(),
        interval: Duration = .seconds(30),
        freshness: Duration,
        evaluationInterval: Duration,
        ruleFiles: [RuleFile],
        ruleOptions: RuleEngine.Options,
        retention: Duration,
        webhook: WebhookTerms? = nil
    ) {
        self.vantage = vantage
        self.graphs = graphs
        self.defaultPolicy = defaultPolicy
        self.interval = interval
        self.freshness = freshness
        self.evaluationInterval = evaluationInterval
        self.ruleFiles = ruleFiles
        self.ruleOptions = ruleOptions
        self.retention = retention
        self.webhook = webhook
    }

    /// For how long listings may fail before the agent counts as blind.
    var sightGap: Duration { max(defaultPolicy.diagnosis.gap, freshness) }

    /// The policy of a graph; nil if no entry matches. Such a graph is watched and never
    /// remediated.
    package func policy(for graph: ListedGraph) -> Policy? {
        entryIndex(for: graph).map { graphs[$0].policy }
    }

    /// The first entry that matches; nil if none does.
    func entryIndex(for graph: ListedGraph) -> Int? {
        graphs.firstIndex { $0.match.matches(graph) }
    }

    /// The tags by which entries and maintenance windows select graphs, sorted.
    package var selectingTags: [String] {
        let tags = graphs.flatMap(\.match.tags.keys) + maintenance.flatMap(\.scope.tags.keys)
        return Set(tags).sorted()
    }

    /// How an entry is shown: by its own name, or by its position in the file, such as `#2` for the
    /// second one.
    package func entryName(at index: Int) -> String { graphs[index].name ?? "#\(index + 1)" }

    /// The names that orders may use. A position is none: an entry that is inserted above would
    /// hand the pause to other graphs.
    var entryNames: Set<String> { Set(graphs.compactMap(\.name)) }
}

/// The cloud and the way the data plane is reached. Observations of one vantage point say nothing
/// about another: on a wrong port every graph looks hung.
package struct Vantage: Hashable, Sendable {
    package var region: String
    package var projectID: String
    /// Endpoints and data-plane settings; only compared.
    package var way: [String]

    package init(region: String, projectID: String, way: [String]) {
        self.region = region
        self.projectID = projectID
        self.way = way
    }
}

/// Which received alerts may lead to a restart.
package struct WebhookTerms: Hashable, Sendable {
    /// Exact alert names. Other alerts are acknowledged and ignored.
    package var alertnames: Set<String>
    /// How long an alert counts after it was last received. The message that it is resolved may get
    /// lost.
    package var expireAfter = Duration.seconds(5 * 3600)

    package init(alertnames: Set<String>) {
        self.alertnames = alertnames
    }
}
