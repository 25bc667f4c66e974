import API
import Time

/// The metrics that sources with rounds of their own have in common.
struct RoundMeter: Sendable {
    let metrics: MetricRegistry
    /// The value of the metric label `source`.
    let source: String

    /// So that the first increment is seen.
    func showSource() {
        for definition in [MetricCatalog.samples, MetricCatalog.cycles, MetricCatalog.cyclesMissed]
        {
            metrics.add(0, to: definition, source)
        }
    }

    /// Counts a round that ended.
    ///
    /// - Parameters:
    ///   - missed: the rounds that were due meanwhile.
    ///   - completedAt: nil if anything is missing.
    func count(
        lasting duration: Duration,
        missed: Int,
        samples: Int,
        failures: [String: Int],
        completedAt: Timestamp?
    ) {
        metrics.set(MetricCatalog.cycleDuration, to: duration.inSeconds, source)
        metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
        metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        metrics.add(Double(samples), to: MetricCatalog.samples, source)
        for (reason, count) in failures {
            metrics.add(Double(count), to: MetricCatalog.sampleFailures, source, reason)
        }
        if let completedAt {
            metrics.set(MetricCatalog.cycleSuccess, to: completedAt.seconds, source)
        }
    }
}
