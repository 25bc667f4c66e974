import PromQL
import Series
import Time

/// Decides whether a restored alert that its rule does not return has ended, or whether the process
/// has not collected enough data yet to tell.
///
/// The samples of this process are fresh, and those of an earlier one are not: they show no end,
/// although they may be in the ranges. So ranges fill up with fresh samples only with time. Until
/// then a function such as `avg_over_time` has a result of few of them: a single success after the
/// start would end the alert of a graph that has hung for long. A range that is not full decides
/// only if no older sample could change what follows from it.
struct FreshData {
    /// How many series the evaluations of one cycle may look at. Beyond that, alerts stay
    /// unconfirmed until their time is over.
    final class Visits {
        private var remaining: Int

        init(maximumCount: Int = 200_000) {
            remaining = maximumCount
        }

        /// - Returns: false once there have been too many.
        func take(_ count: Int) -> Bool {
            remaining -= count
            return remaining > 0
        }

        func charge(_ count: Int) throws(Exhausted) {
            guard take(count) else { throw Exhausted() }
        }

        struct Exhausted: Error {}
    }

    private let rule: AlertingRule
    private let store: SeriesStore
    private let context: EvaluationContext
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
        guard case .binary(let binary) = expression.unwrapped else { return false }
        if failsForGood(binary, alert) { return true }
        guard let first = binary.steps.firstIndex(where: \.operation.isSetOperator),
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
        guard context.visits.take(samples.count) else { return true }
        return samples.contains { agrees($0, alert, matching) }
    }

    private func agrees(
        _ sample: VectorSample,
        _ alert: ActiveAlert,
        _ matching: VectorMatching?
    ) -> Bool {
        sample.labels.allSatisfy { label in
            let isMatched = matching.map { $0.labels.contains(label.name) == $0.isOn } ?? true
            return !isMatched || agrees(label.name, label.value, alert)
        }
    }

    /// Whether a comparison such as `max_over_time(x[5m]) == 0` fails for the alert whatever the
    /// older samples of the range are, because they could only move the result further away.
    private mutating func failsForGood(
        _ binary: BinaryExpression,
        _ alert: ActiveAlert
    ) -> Bool {
        guard binary.steps.count == 1, !binary.steps[0].returnsBool,
            case .number(let limit) = binary.steps[0].operand.unwrapped,
            case .call(let call) = binary.first.unwrapped,
            let collected = collectedPart(of: call),
            let samples = result(of: collected),
            context.visits.take(samples.count)
        else { return false }
        let own = samples.filter { agrees($0, alert, nil) }
        return !own.isEmpty
            && own.allSatisfy { sample in
                call.function.moves(sample.value, awayFrom: binary.steps[0].operation, limit.value)
            }
    }

    /// The call with no sample in its range but those of this process; nil if that is not known.
    private func collectedPart(of call: FunctionCall) -> Expression? {
        guard context.collectedSince > .distantPast else { return .call(call) }
        var part = call
        for (index, argument) in call.arguments.enumerated() {
            switch argument.unwrapped {
            case .number, .string: continue
            case .matrixSelector(var selector):
                guard case .fixed(let offset) = selector.vector.modifiers.offset,
                    selector.vector.modifiers.at == nil, selector.vector.rangeExtension == nil
                else { return nil }
                let end = context.queryTime - .milliseconds(offset)
                let since = context.collectedSince + context.recordedReach[selector.vector]
                guard end > since else { return nil }
                let length = min(end - since, selector.range.fixedLength)
                selector.range = .fixed(milliseconds: length.wholeMilliseconds)
                part.arguments[index] = .matrixSelector(selector)
            default: return nil
            }
        }
        return .call(part)
    }

    private mutating func result(of operand: Expression) -> [VectorSample]? {
        if let known = results[operand] { return known }
        var samples: [VectorSample]?
        if case .vector(let vector)? = try? context.value(
            of: RuleExpression(operand),
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
            return hasSamples(of: selector, offset: selector.modifiers, since: nil, alert)
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
        case .matrixSelector(let selector) where function.readsNewestOnly:
            return hasSamples(
                of: selector.vector,
                offset: selector.vector.modifiers,
                since: nil,
                alert
            )
        case .matrixSelector(let selector):
            return hasSamples(
                of: selector.vector,
                offset: selector.vector.modifiers,
                since: selector.range.fixedLength,
                alert
            )
        case .subquery(let subquery) where !function.readsNewestOnly:
            let length =
                subquery.range.fixedLength + subquery.expression.reach(lookback: .zero)
            for selector in subquery.expression.selectors
            where !hasSamples(of: selector, offset: subquery.modifiers, since: length, alert) {
                return false
            }
            return true
        default: return isSettled(argument, alert)
        }
    }

    /// Whether the store has a fresh sample of a series that the alert can come from, and one no
    /// later than the start of the range of that length, if there is one.
    private mutating func hasSamples(
        of selector: VectorSelector,
        offset modifiers: TimeModifiers,
        since length: Duration?,
        _ alert: ActiveAlert
    ) -> Bool {
        let end = context.queryTime - modifiers.offset.fixedLength
        let last = end - (length ?? .zero) - context.recordedReach[selector]
        // Nearly always the series has all the labels of the alert that the rule did not add.
        let own = alert.labels.filter { label in
            label.name != "alertname" && !rule.labels.contains { $0.name == label.name }
        }
        let equal = own.map { LabelMatcher(name: $0.name, .equal($0.value)) }
        for matchers in [selector.matchers + equal, selector.matchers] {
            guard let found = try? store.select(matchers, context.visits.charge) else {
                return false
            }
            for series in found
            where store.labels(of: series).allSatisfy({ agrees($0.name, $0.value, alert) })
                && store.isActive(series, from: context.collectedSince, through: last)
            {
                return true
            }
        }
        return false
    }
}

extension Function {
    /// Whether the result is decided by the newest sample of a range, or by there being one.
    fileprivate var readsNewestOnly: Bool {
        switch self {
        case .lastOverTime, .tsOfLastOverTime, .presentOverTime, .absentOverTime: true
        default: false
        }
    }

    /// Whether a comparison of the result with a number fails now, and older samples could only
    /// move the result further away from where it would hold.
    fileprivate func moves(
        _ value: Double,
        awayFrom operation: BinaryOperator,
        _ limit: Double
    ) -> Bool {
        switch self {
        case .maxOverTime, .countOverTime, .changes, .resets:
            switch operation {
            case .equal, .lessOrEqual: value > limit
            case .less: value >= limit
            default: false
            }
        case .minOverTime:
            switch operation {
            case .equal, .greaterOrEqual: value < limit
            case .greater: value <= limit
            default: false
            }
        default: false
        }
    }
}
