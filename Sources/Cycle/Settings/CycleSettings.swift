package import Remediation
package import Rules

/// What the configuration file tells the cycle. Immutable: a reload makes another one.
package struct CycleSettings: Sendable {
    package var vantage: Vantage
    /// The first entry that matches a graph holds.
    package var graphs: [GraphEntry]
    /// What holds for a graph unless its entry says otherwise.
    package var defaultPolicy: Policy
    /// A management reading older than this is stale.
    package var freshness: Duration
    /// The interval of rule groups that name none, and the step of subqueries that name none.
    package var evaluationInterval: Duration
    package var ruleFiles: [RuleFile]
    package var ruleOptions: RuleEngine.Options
    /// How long samples are kept.
    package var retention: Duration
    /// Nil when alerts of others are not taken.
    package var webhook: WebhookTerms?

    package init(
        vantage: Vantage,
        graphs: [GraphEntry],
        defaultPolicy: Policy = Policy(),
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
        self.freshness = freshness
        self.evaluationInterval = evaluationInterval
        self.ruleFiles = ruleFiles
        self.ruleOptions = ruleOptions
        self.retention = retention
        self.webhook = webhook
    }

    /// The policy of a graph, or nil when no entry matches: such a graph is watched and never
    /// remediated.
    package func policy(for graph: ListedGraph) -> Policy? {
        graphs.first { $0.match.matches(graph) }?.policy
    }
}

/// Where the graphs are looked at, and by which way. What is known from one vantage says nothing
/// about what another would show: behind a wrong port every graph seems to hang.
package struct Vantage: Hashable, Sendable {
    package var region: String
    package var projectID: String
    /// Endpoints and the way to the data plane, in a form that is only compared.
    package var way: [String]

    package init(region: String, projectID: String, way: [String]) {
        self.region = region
        self.projectID = projectID
        self.way = way
    }
}

/// Which alerts of others may lead to a restart.
package struct WebhookTerms: Hashable, Sendable {
    /// Exact names. An alert with another one is acknowledged and asks for nothing.
    package var alertnames: Set<String>
    /// How long an alert asks after it was last received: the message that it is resolved may be
    /// lost.
    package var expireAfter = Duration.seconds(5 * 3600)

    package init(alertnames: Set<String>) {
        self.alertnames = alertnames
    }
}
