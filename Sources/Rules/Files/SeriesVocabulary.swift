import PromQL
import Series

/// The series that rules can find, as far as they are known: the agent's own, what the engine writes
/// itself, and what rules record.
package struct SeriesVocabulary: Sendable {
    /// Label names of metrics whose labels are all known.
    private var labels: [String: Set<String>]
    /// Metrics that may have any label.
    private var open: Set<String> = ["ALERTS", "ALERTS_FOR_STATE"]

    /// - Parameter metrics: names with the names of all their labels.
    package init(metrics: [String: [String]]) {
        labels = metrics.mapValues(Set.init)
    }

    /// Takes in what the rules of a file record.
    package mutating func add(_ file: RuleFile) {
        for case .recording(let rule) in file.groups.flatMap(\.rules) { open.insert(rule.name) }
    }

    func knows(_ metric: String) -> Bool { open.contains(metric) || labels[metric] != nil }

    var names: [String] { open.union(labels.keys).sorted() }

    /// The names of all labels that the metric can have; `nil` if it may have any.
    func labelNames(of metric: String) -> Set<String>? {
        open.contains(metric) ? nil : labels[metric]
    }
}

extension VectorSelector {
    /// The one metric that it selects; `nil` if there may be others.
    var metric: String? {
        for matcher in matchers where matcher.name == "__name__" {
            if case .equal(let name) = matcher.condition { return name }
        }
        return name.isEmpty ? nil : name
    }
}
