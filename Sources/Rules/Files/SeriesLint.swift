import PromQL
import Series
import StrictYAML
import Time

/// Finds metric and label names in an expression that no series of the agent can have. Warnings
/// only: the file may also be loaded by a Prometheus that has series from other sources.
struct SeriesLint {
    let vocabulary: SeriesVocabulary

    /// One message per mistake, in the order of the expression, without repetitions.
    func findings(in expression: Expression) -> [String] {
        var messages: [String] = []
        for message in all(in: expression) where !messages.contains(message) {
            messages.append(message)
        }
        return messages
    }

    private func all(in expression: Expression) -> [String] {
        let inner = expression.children.flatMap(all)
        switch expression {
        case .vectorSelector(let selector): return findings(in: selector)
        case .matrixSelector(let selector):
            return findings(in: selector.vector) + shortRange(of: selector)
        case .aggregation(let aggregation) where !aggregation.isWithout:
            return inner
                + missing(aggregation.grouping, "by", in: [aggregation.expression])
        case .binary(let binary):
            return binary.steps.enumerated().reduce(into: inner) { messages, element in
                let (index, step) = element
                guard let matching = step.matching, matching.isOn else { return }
                let operands = [binary.left(ofStep: index), step.operand]
                messages += missing(matching.labels, "on", in: operands)
            }
        default: return inner
        }
    }

    /// A range that may end before the newest sample of a delayed series.
    private func shortRange(of selector: MatrixSelector) -> [String] {
        guard let metric = selector.vector.metric, vocabulary.isDelayed(metric),
            case .fixed(let milliseconds) = selector.range,
            .milliseconds(milliseconds) < Self.shortestDelayedRange
        else { return [] }
        let range = PrometheusDuration.format(.milliseconds(milliseconds))
        return [
            "\(metric)[\(range)] may be empty: its samples are up to ten minutes old;"
                + " use 10m or more"
        ]
    }

    private static let shortestDelayedRange = Duration.seconds(600)

    private func findings(in selector: VectorSelector) -> [String] {
        guard let metric = selector.metric else { return [] }
        guard vocabulary.knows(metric) else {
            return [
                "unknown series \"\(metric)\""
                    + hint(metric, among: vocabulary.names)
            ]
        }
        guard let labels = vocabulary.labelNames(of: metric) else { return [] }
        return selector.matchers.compactMap { matcher in
            guard matcher.name != "__name__", !labels.contains(matcher.name),
                !matcher.condition.matchesEmpty
            else { return nil }
            return "\(metric) has no label \"\(matcher.name)\""
                + hint(matcher.name, among: labels.sorted())
        }
    }

    /// Labels used for grouping or matching that no operand can have.
    private func missing(
        _ names: [String],
        _ keyword: String,
        in operands: [Expression]
    ) -> [String] {
        let presence = LabelPresence(vocabulary: vocabulary)
        func canHave(_ name: String) -> Bool {
            operands.contains { presence.mayHave(name, $0) }
        }
        let absent = names.filter { !canHave($0) }
        guard !absent.isEmpty else { return [] }
        let known = operands.flatMap(\.selectors).compactMap(\.metric)
            .compactMap(vocabulary.labelNames).joined()
        return absent.map { name in
            "\(keyword) (\(name)): no input series has the label \"\(name)\""
                + hint(name, among: Set(known).filter(canHave).sorted())
        }
    }

    private func hint(_ name: String, among candidates: [String]) -> String {
        Suggestion.closest(to: name, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }
}

extension LabelMatcher.Condition {
    /// Whether a series without the label matches. In PromQL a missing label equals the empty one.
    fileprivate var matchesEmpty: Bool {
        switch self {
        case .equal(let value): value.isEmpty
        case .notEqual(let value): !value.isEmpty
        case .matches(let pattern): pattern.matches("")
        case .doesNotMatch(let pattern): !pattern.matches("")
        }
    }
}
