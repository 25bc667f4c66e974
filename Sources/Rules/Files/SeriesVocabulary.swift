import PromQL
import Series

/// The series that rules can query: the agent's own, those the engine writes (`ALERTS`,
/// `ALERTS_FOR_STATE`), and recorded ones.
package struct SeriesVocabulary: Sendable {
    /// The label names of metrics with a fixed set of labels.
    private var labels: [String: Set<String>]
    /// Metrics that may have any label.
    private var open: Set<String> = ["ALERTS", "ALERTS_FOR_STATE"]

    /// Metrics whose samples are minutes old when they arrive.
    private let delayed: Set<String>
    private var delayedSeries: DelayedSeries

    /// - Parameters:
    ///   - metrics: metric names, each with all its label names.
    ///   - delayed: those whose samples are minutes old when they arrive.
    package init(metrics: [String: [String]], delayed: Set<String> = []) {
        labels = metrics.mapValues(Set.init)
        self.delayed = delayed
        delayedSeries = DelayedSeries(delayed)
    }

    func isDelayed(_ metric: String) -> Bool { delayed.contains(metric) }

    /// The metric or alert through which a selector may read samples that are minutes old, be it by
    /// way of other rules; nil if it does not.
    func delayedName(in selector: VectorSelector) -> String? {
        delayedSeries.name(in: selector)
    }

    /// Adds the series that the file's recording rules write. Their labels depend on the
    /// expression, so any label is assumed possible.
    package mutating func add(_ file: RuleFile) {
        for rule in file.groups.flatMap(\.rules) {
            if case .recording(let rule) = rule { open.insert(rule.name) }
            if !delayed.isEmpty { delayedSeries.add(rule) }
        }
    }

    func knows(_ metric: String) -> Bool { open.contains(metric) || labels[metric] != nil }

    var names: [String] { open.union(labels.keys).sorted() }

    /// All label names that the metric can have; `nil` if it may have any.
    func labelNames(of metric: String) -> Set<String>? {
        open.contains(metric) ? nil : labels[metric]
    }
}

extension VectorSelector {
    /// The only metric that the selector can match; `nil` if there may be several.
    var metric: String? {
        for matcher in matchers where matcher.name == "__name__" {
            if case .equal(let name) = matcher.condition { return name }
        }
        return name.isEmpty ? nil : name
    }
}
