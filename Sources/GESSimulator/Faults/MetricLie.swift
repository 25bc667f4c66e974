package import JSON

/// What Cloud Eye says instead of the truth.
package enum MetricLie: Hashable, Sendable {
    /// No values newer than this, instead of the delay of the configuration.
    case late(by: Duration)
    /// These metrics have no values and are not listed.
    case lacking(Set<String>)
    /// At most this many entries of an answer.
    case partial(entries: Int)
    case unit(String)
    /// This value for every metric. JSON has no NaN, so it is text as from a careless service.
    case value(JSONValue)
    /// The values are of a graph with this id.
    case graph(String)
    /// The times of the values are off by this much.
    case times(off: Duration)
    /// A query of this metric is refused with 400 ces.0014.
    case refusing(String)
    /// The list of metrics has another page after each, with metrics of graphs that do not exist.
    case endless
    /// Every page of the list of metrics is the first one.
    case repeated

    var name: String {
        switch self {
        case .late: "late_metrics"
        case .lacking: "lacking_metrics"
        case .partial: "partial_metrics"
        case .unit: "metric_unit"
        case .value: "metric_value"
        case .graph: "metric_graph"
        case .times: "metric_times"
        case .refusing: "refused_metric"
        case .endless: "endless_metrics"
        case .repeated: "repeated_metrics"
        }
    }

    func lacks(_ metric: String) -> Bool {
        if case .lacking(let names) = self { names.contains(metric) } else { false }
    }
}

extension AppliedFaults {
    var metricLie: MetricLie? {
        guard case .metrics(let lie) = self[.metrics] else { return nil }
        return lie
    }
}
