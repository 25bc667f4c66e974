package import Cycle
import Exposition

/// How much `/metrics` shows of each graph. Rules and queries are not affected.
package struct MetricExposure: Hashable, Sendable {
    package var tier = MetricTier.full
    /// The number of series above which metrics beyond the tier `core` are left out, whole families at
    /// a time and those of the largest tier first. The agent's own metrics and the tier `core` are always
    /// shown: alerts depend on them, and the number of graphs bounds them.
    package var seriesLimit = 200_000

    package init() {}

    /// What is shown beyond the tier `core`.
    struct Choice: Hashable {
        var metrics: [GraphMetric] = []
        /// By tier.
        var series: [MetricTier: Int] = [:]
        /// Left out because of the limit.
        var dropped: [MetricTier: Int] = [:]
    }

    /// Decides before anything is built.
    ///
    /// - Parameters:
    ///   - counts: the number of series of each metric beyond the tier `core`.
    ///   - taken: the number of series that are always shown.
    func choice(of counts: [GraphMetric: Int], taken: Int) -> Choice {
        var choice = Choice()
        var room = max(0, seriesLimit - taken)
        for tier in [MetricTier.capacity, .full] where tier <= self.tier {
            for metric in GraphMetric.beyondCore where metric.tier == tier {
                guard let count = counts[metric] else { continue }
                if count <= room {
                    room -= count
                    choice.metrics.append(metric)
                    choice.series[tier, default: 0] += count
                } else {
                    choice.dropped[tier, default: 0] += count
                    // A smaller family of a larger tier must not take its place.
                    room = 0
                }
            }
        }
        return choice
    }

    /// The families that say how many series there are.
    func families(_ choice: Choice, core: Int, agent: Int) -> [MetricFamily] {
        var shown: [MetricSample] = []
        var dropped: [MetricSample] = []
        for tier in MetricTier.allCases {
            let count = tier == .core ? core : choice.series[tier] ?? 0
            shown.append(MetricSample([tier.rawValue], Double(count)))
            dropped.append(MetricSample([tier.rawValue], Double(choice.dropped[tier] ?? 0)))
        }
        shown.append(MetricSample([Self.agentSet], Double(agent + shown.count + 1 + dropped.count)))
        return [
            MetricCatalog.metricSeries.family(shown),
            MetricCatalog.metricSeriesDropped.family(dropped),
        ]
    }

    /// The value of the label `set` for the agent's own metrics.
    static let agentSet = "agent"
}

extension MetricCatalog {
    package static let metricSeries = MetricDefinition.gauge(
        "graphwarden_metric_series",
        labels: ["set"],
        "Number of time series in the last exposition by metric set."
    )
    package static let metricSeriesDropped = MetricDefinition.gauge(
        "graphwarden_metric_series_dropped",
        labels: ["set"],
        "Number of time series left out of the last exposition because of the series limit."
    )
    /// Filled while an exposition is made, not from the registry.
    static let exposition = [metricSeries, metricSeriesDropped]
}
