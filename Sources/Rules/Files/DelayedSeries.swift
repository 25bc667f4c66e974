import PromQL
import Series

/// The series that rest on samples that are minutes old: those samples, and what rules derive from
/// them.
struct DelayedSeries: Sendable {
    private struct Derivation: Sendable {
        let name: String
        let isAlert: Bool
        let selectors: [VectorSelector]
    }

    private var metrics: Set<String>
    private var alerts: Set<String> = []
    /// Rules that read nothing that is late, as far as is known.
    private var others: [Derivation] = []

    private static let alertMetrics: Set = ["ALERTS", "ALERTS_FOR_STATE"]

    init(_ metrics: Set<String>) {
        self.metrics = metrics
    }

    mutating func add(_ rule: Rule) {
        switch rule {
        case .recording(let rule): add(rule.name, isAlert: false, rule.expression)
        case .alerting(let rule): add(rule.name, isAlert: true, rule.expression)
        }
    }

    private mutating func add(_ name: String, isAlert: Bool, _ expression: Expression) {
        others.append(
            Derivation(name: name, isAlert: isAlert, selectors: expression.selectors)
        )
        // Another rule may read what has just been found to be late.
        while let index = others.firstIndex(where: {
            $0.selectors.contains { self.name(in: $0) != nil }
        }) {
            let late = others.remove(at: index)
            if late.isAlert { alerts.insert(late.name) } else { metrics.insert(late.name) }
        }
    }

    /// The first metric or alert among those that the selector may match; nil if there is none.
    func name(in selector: VectorSelector) -> String? {
        if let metric = selector.metric, metrics.contains(metric) { return metric }
        if selector.metric == nil,
            let metric = metrics.sorted().first(where: { selector.mayMatch(metric: $0) })
        {
            return metric
        }
        guard Self.alertMetrics.contains(where: { selector.mayMatch(metric: $0) }) else {
            return nil
        }
        return alerts.sorted().first { alert in
            selector.matchers.allSatisfy { $0.name != "alertname" || $0.matches(alert) }
        }
    }
}

extension VectorSelector {
    fileprivate func mayMatch(metric candidate: String) -> Bool {
        if let metric { return metric == candidate }
        return matchers.allSatisfy { $0.name != "__name__" || $0.matches(candidate) }
    }
}
