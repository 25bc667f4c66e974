import PromQL
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
    private(set) var expression: RuleExpression
    /// The expression as it is stored with alerts.
    private(set) var expressionText: String
    var book = AlertBook()
    var health = RuleHealth.unknown
    var lastEvaluation: Timestamp?
    var lastDuration = Duration.zero
    /// The series that the last successful evaluation wrote. Those missing from the next one are
    /// marked stale.
    var written = WrittenSeries()
    /// The labels of the results of a recording rule, and of the series made of them.
    var recorded: [(result: Labels, series: Labels)] = []

    init(rule: Rule) {
        self.rule = rule
        expression = RuleExpression(rule.expression)
        expressionText = "\(rule.expression)"
    }

    var writtenSeries: Set<Labels> { Set(written.labels) }

    /// This state with a new definition of the rule. If the definition changed, the health becomes
    /// `unknown`: results of the old definition do not speak for the new one.
    func moved(to rule: Rule) -> RuleState {
        var state = self
        if rule != self.rule { state.health = .unknown }
        if rule.expression != self.rule.expression { state.book.conditionChanged() }
        state.rule = rule
        state.expression = RuleExpression(rule.expression)
        state.expressionText = "\(rule.expression)"
        state.recorded = []
        return state
    }
}

/// The series that a rule wrote, in the order of its samples. Rules nearly always write the same
/// series in the same order, so nothing has to be looked up.
struct WrittenSeries: Sendable {
    private(set) var labels: [Labels] = []
    private var references: [SeriesReference] = []

    mutating func append(_ written: Labels, _ reference: SeriesReference) {
        labels.append(written)
        references.append(reference)
    }

    mutating func reserveCapacity(_ count: Int) {
        labels.reserveCapacity(count)
        references.reserveCapacity(count)
    }

    /// The series at this place, if it has these labels.
    func reference(at place: Int, of wanted: Labels) -> SeriesReference? {
        place < labels.count && labels[place] == wanted ? references[place] : nil
    }
}

/// A sample that a rule produced. Its timestamp is the evaluation's `queryTime`.
struct ProducedSample {
    let labels: Labels
    let value: Double
}
