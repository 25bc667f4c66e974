import Cycle
import Exposition
import Time

/// All families of a scrape.
struct ScrapeFamilies: Sendable {
    let metrics: MetricRegistry
    let build: BuildInformation
    let started: Timestamp
    /// Updates the metrics that are counted elsewhere.
    let refresh: @Sendable () -> Void
    let measureListener: @Sendable () -> Void

    func all(_ status: Status) -> [MetricFamily] {
        refresh()
        measureListener()
        let families =
            graphFamilies(status) + RemediationFamilies.all(status) + metrics.families()
            + [buildFamily] + ProcessFamilies.all(started)
        return families.sorted { $0.name < $1.name }
    }

    private func graphFamilies(_ status: Status) -> [MetricFamily] {
        let samples = Dictionary(grouping: status.samples, by: \.metric)
        let families = samples.compactMap { metric, samples in
            metric.isPartOfSummary
                ? nil
                : MetricFamily(
                    metric.rawValue,
                    help: metric.help,
                    kind: metric == .info ? .info : .gauge,
                    unit: metric.unit,
                    labelNames: metric.labelNames,
                    samples: samples.map { MetricSample($0.labelValues, $0.value) }
                )
        }
        return families + [jobDurations(samples)]
    }

    /// What rules read as series of three names is one family.
    private func jobDurations(_ samples: [GraphMetric: [GraphSample]]) -> MetricFamily {
        let labelNames = GraphMetric.jobDurationCount.labelNames
        let quantiles = Dictionary(grouping: samples[.jobDuration] ?? []) {
            Array($0.labelValues.prefix(labelNames.count))
        }
        let sums = Dictionary(
            (samples[.jobDurationSum] ?? []).map { ($0.labelValues, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        let metric = GraphMetric.jobDuration
        return MetricFamily(
            metric.rawValue,
            help: metric.help,
            kind: .summary,
            unit: metric.unit,
            labelNames: labelNames,
            samples: (samples[.jobDurationCount] ?? []).map { count in
                let summary = SummaryValue(
                    quantiles: (quantiles[count.labelValues] ?? []).compactMap { sample in
                        sample.labelValues.last.flatMap { Double($0) }.map {
                            SummaryValue.Quantile(rank: $0, value: sample.value)
                        }
                    },
                    sum: sums[count.labelValues] ?? 0,
                    count: UInt64(count.value)
                )
                return MetricSample(count.labelValues, .summary(summary))
            }
        )
    }

    private var buildFamily: MetricFamily {
        MetricFamily(
            "graphwarden_build_info",
            help: "A metric with a constant '1' value labeled by version, revision, branch and"
                + " swiftversion from which graphwarden was built, and the os and arch for the"
                + " build.",
            kind: .info,
            labelNames: ["version", "revision", "branch", "swiftversion", "os", "arch"],
            samples: [
                MetricSample(
                    [
                        build.version, build.revision, build.branch, build.swiftVersion,
                        build.operatingSystem, build.architecture,
                    ],
                    1
                )
            ]
        )
    }
}
