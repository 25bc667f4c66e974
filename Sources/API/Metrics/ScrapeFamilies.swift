import Cycle
import Exposition
import Time

/// All families of a scrape.
struct ScrapeFamilies: Sendable {
    let metrics: MetricRegistry
    let build: BuildInformation
    let exposure: MetricExposure
    let started: Timestamp
    /// Updates the metrics that are counted elsewhere.
    let refresh: @Sendable () -> Void
    let measureListener: @Sendable () -> Void

    func all(_ status: Status) -> [MetricFamily] {
        refresh()
        measureListener()
        let own = Dictionary(grouping: status.samples, by: \.metric)
        let core =
            graphFamilies(own.filter { $0.key.tier == .core }) + RemediationFamilies.all(status)
        let agent = metrics.families() + [build.family] + ProcessFamilies.all(started)
        let (coreCount, agentCount) = (Self.seriesCount(core), Self.seriesCount(agent))
        let others = own.filter { $0.key.tier > .core }
            .merging(status.nodes.samples(at: status.at)) { own, _ in own }
        let choice = exposure.choice(
            of: status.delayed.counts(at: status.at)
                .merging(others.mapValues(\.count)) { delayed, _ in delayed },
            taken: coreCount + agentCount
        )
        let counts = exposure.families(choice, core: coreCount, agent: agentCount)
        let chosen = choice.metrics.map { metric in
            let values = status.delayed.values(of: metric, at: status.at)
            return Self.family(
                metric,
                others[metric].map(Self.samples) ?? values.map { MetricSample([$0.key], $0.value) }
            )
        }
        return (core + chosen + agent + counts).sorted { $0.name < $1.name }
    }

    private static func samples(_ samples: [GraphSample]) -> [MetricSample] {
        samples.map { MetricSample($0.labelValues, $0.value) }
    }

    private static func seriesCount(_ families: [MetricFamily]) -> Int {
        families.reduce(0) { $0 + $1.seriesCount }
    }

    private func graphFamilies(_ samples: [GraphMetric: [GraphSample]]) -> [MetricFamily] {
        let families = samples.compactMap { metric, samples in
            metric.isPartOfSummary ? nil : Self.family(metric, Self.samples(samples))
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

    private static func family(_ metric: GraphMetric, _ samples: [MetricSample]) -> MetricFamily {
        MetricFamily(
            metric.rawValue,
            help: metric.help,
            kind: metric.isInfo ? .info : .gauge,
            unit: metric.unit,
            labelNames: metric.labelNames,
            samples: samples
        )
    }
}

extension BuildInformation {
    var family: MetricFamily {
        MetricFamily(
            "graphwarden_build_info",
            help: "A metric with a constant '1' value labeled by version, revision, branch and"
                + " swiftversion from which graphwarden was built, and the os and arch for the"
                + " build.",
            kind: .info,
            labelNames: ["version", "revision", "branch", "swiftversion", "os", "arch"],
            samples: [
                MetricSample(
                    [version, revision, branch, swiftVersion, operatingSystem, architecture],
                    1
                )
            ]
        )
    }
}
