/// One metric with all its series, as a scrape sees it: what this module turns into bytes. It knows
/// formats and naming, and must not know where the numbers come from, nor the time.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case counter
        case gauge
        case histogram
        /// Constant text in labels, with the value 1. Text 0.0.4 calls it a gauge.
        case info
    }

    /// The name of the samples in text 0.0.4: that of a counter ends in `_total`, that of an info
    /// metric in `_info`. A histogram's has no suffix.
    package var name: String
    package var help: String
    package var kind: Kind
    /// The base unit in which the values are, `seconds` or `bytes`; also the end of the name, before
    /// `_total`.
    package var unit: String?
    /// The same for every sample; the values stand in the samples.
    package var labelNames: [String]
    package var samples: [MetricSample]

    package init(
        _ name: String,
        help: String,
        kind: Kind,
        unit: String? = nil,
        labelNames: [String] = [],
        samples: [MetricSample] = []
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.unit = unit
        self.labelNames = labelNames
        self.samples = samples
    }

    /// OpenMetrics names a family without the suffix of its samples.
    package var openMetricsName: String {
        switch kind {
        case .counter: name.droppingSuffix("_total")
        case .info: name.droppingSuffix("_info")
        case .gauge, .histogram: name
        }
    }

    /// How many series a scraper makes of this family.
    package var seriesCount: Int {
        samples.reduce(0) { count, sample in
            switch sample.value {
            case .number: count + 1
            case .histogram(let histogram): count + histogram.buckets.count + 3
            }
        }
    }

    /// The samples in the order of their label values: a stable order lets scrapers cache.
    var sortedSamples: [MetricSample] {
        let isSorted = zip(samples, samples.dropFirst()).allSatisfy { !($1 < $0) }
        return isSorted ? samples : samples.sorted(by: <)
    }
}

/// One series, or all series of one histogram.
package struct MetricSample: Sendable, Hashable {
    /// One for each of the family's label names, in their order.
    package var labelValues: [String]
    package var value: MetricValue
    /// When the value was true, if that is not the time of the scrape. Better left out: a sample
    /// with a timestamp does not become stale when it vanishes.
    package var timestampMilliseconds: Int64?

    package init(
        _ labelValues: [String] = [],
        _ value: MetricValue,
        timestampMilliseconds: Int64? = nil
    ) {
        self.labelValues = labelValues
        self.value = value
        self.timestampMilliseconds = timestampMilliseconds
    }

    package init(
        _ labelValues: [String] = [],
        _ number: Double,
        timestampMilliseconds: Int64? = nil
    ) {
        self.init(labelValues, .number(number), timestampMilliseconds: timestampMilliseconds)
    }

    static func < (left: MetricSample, right: MetricSample) -> Bool {
        left.labelValues.lexicographicallyPrecedes(right.labelValues)
    }
}

package enum MetricValue: Sendable, Hashable {
    case number(Double)
    case histogram(HistogramValue)
}

/// A histogram at one moment.
package struct HistogramValue: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        package var upperBound: Double
        /// Observations at or below the bound: those of the buckets before it too.
        package var cumulativeCount: UInt64

        package init(upperBound: Double, cumulativeCount: UInt64) {
            self.upperBound = upperBound
            self.cumulativeCount = cumulativeCount
        }
    }

    /// In ascending order and without the last, `+Inf`, which is `count`.
    package var buckets: [Bucket]
    package var sum: Double
    package var count: UInt64

    package init(buckets: [Bucket], sum: Double, count: UInt64) {
        self.buckets = buckets
        self.sum = sum
        self.count = count
    }

    /// From counts per bucket that are not cumulative; the last is that of `+Inf`.
    package init(bounds: [Double], counts: some Sequence<UInt64>, sum: Double) {
        var total: UInt64 = 0
        var cumulative: [UInt64] = []
        for count in counts {
            total += count
            cumulative.append(total)
        }
        let buckets = zip(bounds, cumulative).map(Bucket.init)
        self.init(buckets: buckets, sum: sum, count: total)
    }
}

extension String {
    func droppingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
