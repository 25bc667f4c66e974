package import Configuration
package import Diagnosis
package import Time
import Remediation

/// The result of one scenario with one seed.
package struct ScenarioOutcome: Sendable {
    package var seed: UInt64
    /// What was not as expected, one sentence each; empty if it passed.
    package var problems: [String] = []
    /// What is doubtful about the configuration, one line each.
    package var warnings: [String] = []
    /// From the first event about a graph to its first restart request.
    package var delays: [Duration] = []
    /// When restart requests were received, by the graph's name.
    package var posts: [String: [Duration]] = [:]
    /// Restarts that were carried out on graphs that did not hang.
    package var wrongRestarts = 0
    /// Whether an effect was still to fail at the end.
    package var awaitsFailure = false
    /// The series of the first agent as OpenMetrics text, if the run records.
    package var recording = ""
    /// What the first agent decided, if the run records.
    package var decisions: [Decision] = []
    /// The configuration and the rules at the begin, if the run records.
    package var configuration: LoadedConfiguration?
    /// What happened, if the run narrates.
    package var narration: [String] = []

    /// A decision of the agent that reached its ledger.
    package struct Decision: Hashable, Sendable {
        package let at: Timestamp
        package let graphID: String
        /// Such as `restart`.
        package let action: String
        package let hangClass: HangClass
        package let alertname: String
        package let reason: String
    }

    package init(seed: UInt64) {
        self.seed = seed
    }

    package var hasPassed: Bool { problems.isEmpty }
}

extension ScenarioOutcome.Decision {
    init(_ intent: Intent) {
        self.init(
            at: intent.createdAt,
            graphID: intent.graphID.rawValue,
            action: intent.action.rawValue,
            hangClass: intent.hangClass,
            alertname: intent.alertname,
            reason: intent.reason
        )
    }
}
