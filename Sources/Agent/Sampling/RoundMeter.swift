import API
import Time

/// The metrics of a source that is read in rounds.
struct RoundMeter<Fault: RoundFault>: Sendable {
    let metrics: MetricRegistry
    /// The value of the metric label `source`.
    let source: String
    /// Whether the source is left alone, by cause.
    let paused: MetricDefinition
    /// Counts the values that are not used, by fault.
    let dropped: MetricDefinition
    /// What holds only while the source is configured.
    let gauges: [MetricDefinition]

    /// So that the first increment is seen.
    func showSource() {
        for definition in [MetricCatalog.samples, MetricCatalog.cycles, MetricCatalog.cyclesMissed]
        {
            metrics.add(0, to: definition, source)
        }
        for fault in Fault.allCases { metrics.add(0, to: dropped, fault.rawValue) }
    }

    func hideSource() {
        for definition in gauges { metrics.replace(definition, with: [:]) }
    }

    func show(_ pause: SourcePause) {
        for cause in SourcePause.Cause.allCases {
            metrics.set(paused, to: pause.cause == cause ? 1 : 0, cause.rawValue)
        }
    }

    /// Counts a round that ended.
    ///
    /// - Parameters:
    ///   - missed: the rounds that were due meanwhile.
    ///   - completedAt: nil if anything is missing.
    func count<Knowledge>(
        _ round: SourceRound<Knowledge, Fault>,
        lasting duration: Duration,
        missed: Int,
        completedAt: Timestamp?
    ) {
        metrics.set(MetricCatalog.cycleDuration, to: duration.inSeconds, source)
        metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
        metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        metrics.add(Double(round.sampleCount), to: MetricCatalog.samples, source)
        for (reason, count) in round.failures {
            metrics.add(Double(count), to: MetricCatalog.sampleFailures, source, reason)
        }
        for (fault, count) in round.faults {
            metrics.add(Double(count), to: dropped, fault.rawValue)
        }
        if let completedAt {
            metrics.set(MetricCatalog.cycleSuccess, to: completedAt.seconds, source)
        }
    }
}
