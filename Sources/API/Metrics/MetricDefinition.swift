package import Exposition

/// The definition of one metric family of the agent, without its samples.
package struct MetricDefinition: Sendable {
    package let name: String
    package let kind: MetricFamily.Kind
    package var unit: String?
    package var labels: [String] = []
    package let help: String
    /// Label sets that exist from the start with the value zero, so that `rate` and `increase` see
    /// the first increment.
    var initial: [[String]] = []
    /// Whether a person who has just caused a change looks at it, so that scrapes must not show the
    /// value of the last step. Not for anything that a request without authentication can change.
    var isShownAtOnce = false
    /// Upper bounds of a histogram's buckets, in seconds.
    var buckets: [Double] = MetricDefinition.requestBuckets

    func family(_ samples: [MetricSample]) -> MetricFamily {
        MetricFamily(
            name,
            help: help,
            kind: kind,
            unit: unit,
            labelNames: labels,
            samples: samples
        )
    }

    static let requestBuckets = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    static let remediationBuckets: [Double] = [
        1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    ]
}

extension MetricDefinition {
    var shownAtOnce: MetricDefinition {
        var definition = self
        definition.isShownAtOnce = true
        return definition
    }

    static func counter(
        _ name: String,
        unit: String? = nil,
        labels: [String] = [],
        initial: [[String]] = [],
        _ help: String
    ) -> MetricDefinition {
        MetricDefinition(
            name: name,
            kind: .counter,
            unit: unit,
            labels: labels,
            help: help,
            initial: labels.isEmpty ? [[]] : initial
        )
    }

    static func gauge(
        _ name: String,
        unit: String? = nil,
        labels: [String] = [],
        initial: [[String]] = [],
        _ help: String
    ) -> MetricDefinition {
        MetricDefinition(
            name: name,
            kind: .gauge,
            unit: unit,
            labels: labels,
            help: help,
            initial: initial
        )
    }

    static func histogram(
        _ name: String,
        labels: [String] = [],
        initial: [[String]] = [],
        buckets: [Double] = requestBuckets,
        _ help: String
    ) -> MetricDefinition {
        MetricDefinition(
            name: name,
            kind: .histogram,
            unit: "seconds",
            labels: labels,
            help: help,
            initial: labels.isEmpty ? [[]] : initial,
            buckets: buckets
        )
    }
}
