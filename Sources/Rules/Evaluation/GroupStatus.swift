import Series
package import Time

/// A read-only view of a group for the metrics and the HTTP API.
package struct GroupStatus: Sendable {
    package let name: String
    package let file: String
    package let interval: Duration
    /// 0 means no limit.
    package let limit: Int
    package let counters: Counters
    package let rules: [RuleStatus]

    /// `file;name`: the value of the `rule_group` label in Prometheus' metrics.
    package var key: String { "\(file);\(name)" }

    /// Counted since the process started. A reload that keeps the group keeps its counters.
    package struct Counters: Sendable, Hashable {
        /// Slots, evaluated or missed.
        package private(set) var iterations = 0
        package private(set) var missedIterations = 0
        /// Rule evaluations, failed ones included.
        package private(set) var evaluations = 0
        package private(set) var failures = 0
        package private(set) var lastDuration = Duration.zero
        /// The last evaluated slot.
        package private(set) var lastEvaluation: Timestamp?
        package private(set) var lastSamples = 0

        mutating func count(_ result: EvaluationReport.GroupResult) {
            iterations += result.missed + 1
            missedIterations += result.missed
            evaluations += result.rules.count
            failures += result.rules.count { $0.error != nil }
            lastDuration = result.duration
            lastEvaluation = result.time
            lastSamples = result.samples
        }
    }
}

/// A read-only view of a rule for the HTTP API.
package struct RuleStatus: Sendable {
    package let rule: Rule
    package let health: RuleHealth
    package let lastEvaluation: Timestamp?
    package let lastDuration: Duration
    /// Pending and firing alerts, sorted by their labels; empty for a recording rule.
    package let alerts: [ActiveAlert]

    /// The state of an alerting rule: `firing` or `pending` if any alert is, otherwise `inactive`;
    /// `unknown` before the first evaluation.
    package var state: String {
        if health == .unknown { return "unknown" }
        let firing = alerts.first { $0.firedAt != nil }
        return (firing ?? alerts.first)?.state.name ?? "inactive"
    }
}
