import Series
import Time

package enum RuleHealth: Sendable, Hashable {
    /// Not evaluated yet.
    case unknown
    case ok
    /// With the error of the last evaluation.
    case failing(String)
}

/// A rule with what its evaluations left behind.
struct RuleState: Sendable {
    private(set) var rule: Rule
    var book = AlertBook()
    var health = RuleHealth.unknown
    var lastEvaluation: Timestamp?
    var lastDuration = Duration.zero
    /// The series that the last evaluation without an error wrote.
    var writtenSeries: Set<Labels> = []

    init(rule: Rule) {
        self.rule = rule
    }

    /// The same state under the changed definition of the rule. What the old definition found is
    /// not yet found by the new one.
    func moved(to rule: Rule) -> RuleState {
        var state = self
        if rule != self.rule { state.health = .unknown }
        state.rule = rule
        return state
    }
}

/// A sample that a rule produced.
struct ProducedSample {
    let labels: Labels
    let value: Double
}
