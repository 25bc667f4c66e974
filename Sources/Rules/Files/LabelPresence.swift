import PromQL
import Series

/// Static analysis: can the result of an expression carry a given label? Used by the lints only.
/// It errs towards yes, so that a warning is always justified.
struct LabelPresence {
    /// The known series. Without it, every selector may return any label.
    var vocabulary: SeriesVocabulary?

    /// `false` only if no element of the result can have the label, whatever the data.
    func mayHave(_ label: String, _ expression: Expression) -> Bool {
        switch expression {
        case .number, .string: false
        case .vectorSelector(let selector): mayHave(label, selector)
        case .matrixSelector(let selector): mayHave(label, selector.vector)
        case .subquery(let subquery): mayHave(label, subquery.expression)
        case .parentheses(let parentheses): mayHave(label, parentheses.expression)
        case .unary(let unary): mayHave(label, unary.operand)
        case .binary(let binary): mayHave(label, binary)
        case .aggregation(let aggregation): mayHave(label, aggregation)
        case .call(let call): mayHave(label, call)
        }
    }

    private func mayHave(_ label: String, _ selector: VectorSelector) -> Bool {
        let labels = selector.metric.flatMap { vocabulary?.labelNames(of: $0) }
        if let labels, !labels.contains(label) { return false }
        return !selector.matchers.contains { $0.name == label && $0.condition.isEqualTo("") }
    }

    private func mayHave(_ label: String, _ aggregation: Aggregation) -> Bool {
        let inner = mayHave(label, aggregation.expression)
        switch aggregation.operation {
        // These select input elements and keep all their labels.
        case .topk, .bottomk, .limitk, .limitRatio: return inner
        case .countValues:
            if case .string(let name)? = aggregation.parameter?.unwrapped, name.value == label {
                return true
            }
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar, .quantile: break
        }
        return inner && aggregation.grouping.contains(label) != aggregation.isWithout
    }

    private func mayHave(_ label: String, _ binary: BinaryExpression) -> Bool {
        binary.steps.reduce(mayHave(label, binary.first)) { left, step in
            mayHave(label, left: left, step)
        }
    }

    private func mayHave(
        _ label: String,
        left: Bool,
        _ step: BinaryExpression.Step
    ) -> Bool {
        let right = mayHave(label, step.operand)
        switch step.operation {
        case .or: return left || right
        case .and, .unless: return left
        default: break
        }
        guard let matching = step.matching else { return left || right }
        // One-to-one results keep only the matching labels. With group_left or group_right they
        // take the labels of the "many" side, plus the included ones from the "one" side.
        let isIncluded = matching.included.contains(label)
        switch matching.cardinality {
        case .oneToOne: return left && matching.labels.contains(label) == matching.isOn
        case .manyToOne: return isIncluded ? right : left
        case .oneToMany: return isIncluded ? left : right
        case .manyToMany: return left || right
        }
    }

    private func mayHave(_ label: String, _ call: FunctionCall) -> Bool {
        let fromArguments = call.arguments.contains { mayHave(label, $0) }
        switch call.function {
        case .vector, .scalar, .time, .pi: return false
        case .absent, .absentOverTime:
            // The result takes its labels from the selector's equality matchers only.
            let matchers = call.arguments.first?.unwrapped.selectors.flatMap(\.matchers) ?? []
            return matchers.contains { $0.name == label && $0.condition.isEquality }
        case .labelReplace, .labelJoin:
            let target = call.arguments.dropFirst().first?.unwrapped
            if case .string(let name)? = target, name.value == label { return true }
            return fromArguments
        // Adds labels of info series, which the analysis does not see.
        case .info: return true
        default: return fromArguments
        }
    }
}

extension LabelMatcher.Condition {
    fileprivate var isEquality: Bool {
        if case .equal(let value) = self { !value.isEmpty } else { false }
    }

    fileprivate func isEqualTo(_ value: String) -> Bool {
        if case .equal(let expected) = self { expected == value } else { false }
    }
}
