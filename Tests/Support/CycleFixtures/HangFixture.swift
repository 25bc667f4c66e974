package import Cycle
import Diagnosis
import PromQL
package import Remediation
package import Rules

/// A rule, a policy and an entry of `graphs` that restart a graph as soon as it has not answered
/// for a minute: no grace period, no evidence, and a single reading proves a hang.
package enum HangFixture {
    package static let rules = """
        groups:
          - name: hang
            rules:
              - alert: GraphHung
                expr: max by (graph_id) (ges_graph_probe_success) == 0
                for: 1m
                labels: {remediate: restart}
                annotations: {summary: no answer for a minute}
        """

    package static func ruleFile(_ text: String = rules) throws -> RuleFile {
        let (file, issues) = RuleFile.parse(text, file: "rules.yml")
        guard let file else { throw Invalid(issues: "\(issues)") }
        return file
    }

    package static var policy: Policy {
        var policy = Policy()
        policy.mode = .auto
        policy.startupGrace = .zero
        policy.stateChangeGrace = .zero
        policy.evidenceTimeout = .zero
        policy.maxConcurrent = 2
        policy.diagnosis.readings = 1
        policy.verify = Verification(probes: 3, within: .seconds(20 * 60))
        return policy
    }

    /// Of a previous run in which these graphs answered: one that never did is not hung.
    package static func memory(_ ids: String...) -> CycleMemory {
        CycleMemory(
            memories: (ids.isEmpty ? ["g", "h"] : ids).map { id in
                var memory = GraphMemory(graphID: id)
                memory.answered = ["summary", "version"]
                return memory
            }
        )
    }

    /// Matches every graph unless a pattern for ids is given.
    package static func entry(
        _ policy: Policy = policy,
        matching id: String = ".*"
    ) throws -> GraphEntry {
        var match = GraphMatch()
        match.id = try LabelValuePattern(id)
        return GraphEntry(match: match, policy: policy)
    }

    private struct Invalid: Error {
        let issues: String
    }
}
