package import GES
package import Time

/// Which assumptions about the service held, as far as the exchanges observed so far tell. A wrong
/// assumption is a finding and no failure.
package struct AssumptionReport: Sendable {
    /// What the exchanges are compared with.
    package struct Terms: Sendable {
        package var apiVersion = APIVersion.v2
        package var restartTimeout = Duration.seconds(45 * 60)
        /// Whether requests are signed, and carry no token.
        package var areSigned = false
        /// Whether certificates of graphs are verified.
        package var verifiesDataPlane = true
        /// Empty until the graph is known.
        package fileprivate(set) var graphID = ""
        package fileprivate(set) var graphName = ""

        package init() {}
    }

    package private(set) var terms: Terms
    private var restart = RestartFacts()
    private var others: [any AssumptionFacts] = [
        AnswerFacts(), ListFacts(), GraphFacts(), DataPlaneFacts(),
    ]

    package init(_ terms: Terms = Terms()) {
        self.terms = terms
    }

    /// Says which graph is rehearsed.
    package mutating func follow(_ graphID: String, named name: String) {
        terms.graphID = graphID
        terms.graphName = name
    }

    /// Says how long the restart may take.
    package mutating func expect(within timeout: Duration) {
        terms.restartTimeout = timeout
    }

    /// Goes on with a restart that an earlier process has sent.
    package mutating func adopt(sentAt: Timestamp, jobID: String?) {
        restart.adopt(sentAt: sentAt, jobID: jobID)
        for index in others.indices { others[index].adopt(sentAt: sentAt, jobID: jobID) }
    }

    package mutating func observe(_ exchange: ObservedExchange) {
        restart.observe(exchange, terms)
        for index in others.indices { others[index].observe(exchange, terms) }
    }

    /// One finding for each assumption, in their order.
    package var findings: [AssumptionFinding] {
        let seen = restart.findings(terms) + others.flatMap { $0.findings(terms) }
        let byAssumption = Dictionary(seen.map { ($0.assumption, $0) }) { first, _ in first }
        return Assumption.allCases.map {
            byAssumption[$0] ?? AssumptionFinding($0, .notSeen, $0.unseen)
        }
    }

    /// What came back of the restart, such as `200 with job_id`; nil before it was sent.
    package var restartAnswer: String? { restart.post?.text }

    /// When the restart was sent; nil before.
    package var restartSentAt: Timestamp? { restart.post?.at }

    /// The statuses of the graph since the restart was sent, with the time since then.
    package var statusPath: String? { restart.path }
}
