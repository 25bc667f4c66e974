import Series
import Time

/// The outcome of a rule's last evaluation: the API's `health` field.
package enum RuleHealth: Sendable, Hashable {
    /// Not evaluated since it was loaded or changed.
    case unknown
    case ok
    /// The error of the last evaluation.
    case failing(String)
}

/// A rule with the state that carries over from one evaluation to the next.
struct RuleState: Sendable {
    private(set) var rule: Rule
    var book = AlertBook()
    var health = RuleHealth.unknown
    var lastEvaluation: Timestamp?
    var lastDuration = Duration.zero
    /// The series that the last successful evaluation wrote. Those missing from the next one are
    /// marked stale.
    var writtenSeries: Set<Labels> = []

    init(rule: Rule) {
        self.rule = rule
    }

    /// This state with a new definition of the rule. If the definition changed, the health becomes
    /// `unknown`: results of the old definition do not speak for the new one.
    func moved(to rule: Rule) -> RuleState {
        var state = self
        if rule != self.rule { state.health = .unknown }
        if rule.expression != self.rule.expression { state.book.conditionChanged() }
        state.rule = rule
        return state
    }
}

/// A sample that a rule produced. Its timestamp is the evaluation's `queryTime`.
struct ProducedSample {
    let labels: Labels
    let value: Double
}
