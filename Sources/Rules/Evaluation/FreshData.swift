import PromQL
import Series
import Time

/// Decides whether a restored alert that its rule does not return has ended, or whether the process
/// has not collected enough data yet to tell.
///
/// The store is empty after a start, so every sample in it is fresh. Ranges fill up again only with
/// time; a function such as `rate` has no result before the second sample, and one that
/// accumulates, such as `count_over_time`, has too small a result before the range is full.
struct FreshData {
    /// How many series one evaluation of a rule may look at. Beyond that, alerts stay unconfirmed
    /// until their time is over.
    private static let maximumVisits = 200_000

    private let rule: AlertingRule
    private let store: SeriesStore
    private let context: EvaluationContext
    private var remainingVisits = maximumVisits
    /// The results of operands; nil for those that fail.
    private var results: [Expression: [VectorSample]?] = [:]

    init(of rule: AlertingRule, store: SeriesStore, _ context: EvaluationContext) {
        self.rule = rule
        self.store = store
        self.context = context
    }

    mutating func showsEnd(of alert: ActiveAlert) -> Bool {
        isDecided(rule.expression, alert)
    }

    /// Whether data for the alert are complete enough to know whether the expression returns it.
    /// One operand of `and` that does not hold is enough, whatever data the others lack.
    private mutating func isDecided(_ expression: Expression, _ alert: ActiveAlert) -> Bool {
        if isSettled(expression, alert) { return true }
        guard case .binary(let binary) = expression.unwrapped,
            let first = binary.steps.firstIndex(where: \.operation.isSetOperator),
            binary.steps[first...].allSatisfy({ $0.operation != .or })
        else { return false }
        // Sets bind less than all other operators, so what is before the first of them is its left
        // operand.
        if excludes(binary.left(ofStep: first), alert, nil) { return true }
        for step in binary.steps[first...]
        where step.operation == .and && excludes(step.operand, alert, step.matching) {
            return true
        }
        return false
    }

    /// Whether an operand does not hold for the alert. `matching` is nil for the left one, whose
    /// labels the result has.
    private mutating func excludes(
        _ operand: Expression,
        _ alert: ActiveAlert,
        _ matching: VectorMatching?
    ) -> Bool {
        isDecided(operand, alert) && !holds(operand, for: alert, matching)
    }

    /// Whether an operand of `and` returns an element that could be the alert's.
    private mutating func holds(
        _ operand: Expression,
        for alert: ActiveAlert,
        _ matching: VectorMatching?
    ) -> Bool {
        guard let samples = result(of: operand) else { return true }
        remainingVisits -= samples.count
        guard remainingVisits > 0 else { return true }
        return samples.contains { sample in
            sample.labels.allSatisfy { label in
                let isMatched =
                    matching.map { $0.labels.contains(label.name) == $0.isOn } ?? true
                return !isMatched || agrees(label.name, label.value, alert)
            }
        }
    }

    private mutating func result(of operand: Expression) -> [VectorSample]? {
        if let known = results[operand] { return known }
        var samples: [VectorSample]?
        if case .vector(let vector)? = try? context.instant(
            operand,
            at: context.queryTime,
            in: store
        ) {
            samples = vector
        }
        results.updateValue(samples, forKey: operand)
        return samples
    }

    /// Whether a label does not show that a series has nothing to do with the alert. Labels of the
    /// rule may have replaced those of the series.
    private func agrees(_ name: String, _ value: String, _ alert: ActiveAlert) -> Bool {
        if name == Labels.metricNameLabel { return true }
        if rule.labels.contains(where: { $0.name == name }) { return true }
        let expected = alert.labels[name]
        return expected.isEmpty || expected == value
    }

    // MARK: Data

    private mutating func isSettled(_ expression: Expression, _ alert: ActiveAlert) -> Bool {
        switch expression {
        case .vectorSelector(let selector):
            return hasSamples(1, of: selector, offset: selector.modifiers, since: nil, alert)
        case .call(let call):
            for argument in call.arguments where !isSettled(argument, of: call.function, alert) {
                return false
            }
        default:
            for child in expression.children where !isSettled(child, alert) { return false }
        }
        return true
    }

    private mutating func isSettled(
        _ argument: Expression,
        of function: Function,
        _ alert: ActiveAlert
    ) -> Bool {
        switch argument.unwrapped {
        case .matrixSelector(let selector):
            return hasSamples(
                function.wantedSamples,
                of: selector.vector,
                offset: selector.vector.modifiers,
                since: function.accumulates ? selector.range : nil,
                alert
            )
        case .subquery(let subquery) where function.accumulates:
            for selector in subquery.expression.selectors
            where !hasSamples(
                1,
                of: selector,
                offset: subquery.modifiers,
                since: subquery.range,
                alert
            ) {
                return false
            }
            return true
        default: return isSettled(argument, alert)
        }
    }

    /// Whether the store has that many samples of a series that the alert can come from, the first
    /// of them no later than the start of the range, if there is one.
    private mutating func hasSamples(
        _ count: Int,
        of selector: VectorSelector,
        offset modifiers: TimeModifiers,
        since range: TimeSpan?,
        _ alert: ActiveAlert
    ) -> Bool {
        let end = context.queryTime - modifiers.offset.fixedLength
        let start = range.map { end - $0.fixedLength }
        // Nearly always the series has all the labels of the alert that the rule did not add.
        let own = alert.labels.filter { label in
            label.name != "alertname" && !rule.labels.contains { $0.name == label.name }
        }
        let equal = own.map { LabelMatcher(name: $0.name, .equal($0.value)) }
        for matchers in [selector.matchers + equal, selector.matchers] {
            for series in store.select(matchers) where agrees(store.labels(of: series), alert) {
                guard remainingVisits > 0 else { return false }
                remainingVisits -= 1
                if covers(series, count, from: start, through: end) { return true }
            }
        }
        return false
    }

    private mutating func agrees(_ labels: Labels, _ alert: ActiveAlert) -> Bool {
        remainingVisits -= 1
        return remainingVisits > 0 && labels.allSatisfy { agrees($0.name, $0.value, alert) }
    }

    private func covers(
        _ series: SeriesReference,
        _ count: Int,
        from start: Timestamp?,
        through end: Timestamp
    ) -> Bool {
        var samples: [Sample] = []
        store.appendSamples(
            of: series,
            after: Timestamp(milliseconds: .min),
            through: end,
            to: &samples
        )
        guard let first = samples.first, samples.count >= count else { return false }
        return start.map { first.timestamp <= $0 } ?? true
    }
}

extension Function {
    /// The samples without which a function of a range has no result, or none that means anything.
    fileprivate var wantedSamples: Int {
        switch self {
        case .rate, .increase, .delta, .irate, .idelta, .deriv, .predictLinear,
            .doubleExponentialSmoothing, .holtWinters:
            2
        default: 1
        }
    }

    /// Whether the result grows with the part of the range for which there are samples.
    fileprivate var accumulates: Bool {
        switch self {
        case .countOverTime, .sumOverTime, .changes, .resets, .increase, .delta: true
        default: false
        }
    }
}
