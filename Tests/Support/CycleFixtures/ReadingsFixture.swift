package import Cycle
package import Diagnosis
package import Remediation
package import Rules
import Time

/// Readings and settings for tests of the cycle.
package enum ReadingsFixture {
    package static let answered = ProbeOutcome(answer: .alive, duration: .milliseconds(3))
    package static let silent = ProbeOutcome(
        answer: .silent(.afterConnection),
        duration: .seconds(10),
        reason: "timeout"
    )
    package static let refused = ProbeOutcome(
        answer: .silent(.refused),
        duration: .zero,
        reason: "connect"
    )

    package static func notProbed(_ reason: String) -> ProbeOutcome {
        ProbeOutcome(answer: .path, reason: reason)
    }

    package static let path = Path(
        addressKind: "private",
        network: "127.0.0.0/24",
        scheme: "http",
        port: 80
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

/// What came of a probe, of whatever kind.
package struct ProbeOutcome: Sendable {
    package var answer: Answer
    package var duration: Duration?
    package var reason: String?

    package init(answer: Answer, duration: Duration? = nil, reason: String? = nil) {
        self.answer = answer
        self.duration = duration
        self.reason = reason
    }
}

extension GraphReading.Probe {
    package init(kind: String, outcome: ProbeOutcome) {
        self.init(
            kind: kind,
            answer: outcome.answer,
            duration: outcome.duration,
            reason: outcome.reason
        )
    }
}
