package import Cycle
package import Remediation
package import Rules
import Time

/// Readings and settings for tests of the cycle.
package enum ReadingsFixture {
    package static let answered = GraphReading.Probe.Outcome.answered(.milliseconds(3))
    package static let silent = GraphReading.Probe.Outcome.failed(
        reason: "timeout",
        reachedGraph: true,
        .seconds(10)
    )

    package static func graph(
        _ id: String,
        name: String = "graph",
        status: String = "200"
    ) -> ListedGraph {
        let phases: [String: ListedGraph.Phase] = [
            "200": .running, "202": .transitional, "204": .transitional, "205": .transitional,
            "300": .faulty, "900": .stopped, "901": .transitional, "920": .transitional,
        ]
        return ListedGraph(
            id: id,
            name: name,
            status: ListedGraph.Status(
                code: status,
                phase: phases[status] ?? .unknown,
                description: status
            )
        )
    }

    package static func settings(
        ruleFiles: [RuleFile] = [],
        graphs: [GraphEntry] = [],
        policy: Policy = Policy(),
        webhook: WebhookTerms? = nil
    ) -> CycleSettings {
        CycleSettings(
            vantage: Vantage(region: "r", projectID: "p", way: []),
            graphs: graphs,
            defaultPolicy: policy,
            freshness: .seconds(100),
            evaluationInterval: .seconds(30),
            ruleFiles: ruleFiles,
            ruleOptions: RuleEngine.Options(interval: .seconds(30), queryTimeout: .seconds(10)),
            retention: .seconds(3600),
            webhook: webhook
        )
    }
}
