import Series
package import Time

/// A group as metrics and the HTTP interface show it.
package struct GroupStatus: Sendable {
    package let name: String
    package let file: String
    package let interval: Duration
    package let limit: Int
    package let counters: Counters
    package let rules: [RuleStatus]

    /// `file;name`, the value of the label `rule_group`.
    package var key: String { "\(file);\(name)" }

    /// Since the process began; a reload that keeps the group keeps them.
    package struct Counters: Sendable, Hashable {
        /// Slots, whether evaluated or missed.
        package private(set) var iterations = 0
        package private(set) var missedIterations = 0
        /// Evaluations of single rules.
        package private(set) var evaluations = 0
        package private(set) var failures = 0
        package private(set) var lastDuration = Duration.zero
        /// The slot last evaluated.
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

package struct RuleStatus: Sendable {
    package let rule: Rule
    package let health: RuleHealth
    package let lastEvaluation: Timestamp?
    package let lastDuration: Duration
    /// Pending and firing alerts, sorted by their labels; empty for a recording rule.
    package let alerts: [ActiveAlert]

    /// The state of an alerting rule is that of its most advanced alert: `inactive`, `pending`,
    /// `firing`; `unknown` before the first evaluation.
    package var state: String {
        if health == .unknown { return "unknown" }
        let firing = alerts.first { $0.firedAt != nil }
        return (firing ?? alerts.first)?.state.name ?? "inactive"
    }
}
