// Exposition owns metric families and their encoding as text 0.0.4 and OpenMetrics 1.0, the
// negotiation between the two, and the linter of names. It knows formats and naming conventions. It
// must not know where the numbers come from or what time it is: callers pass complete families.

/// One metric with all its series, as a scrape sees it.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case counter
        case gauge
        case histogram
        /// Quantiles that were computed before the scrape.
        case summary
        /// A constant 1 whose labels carry text. Text 0.0.4 has no such type and calls it a gauge.
        case info
    }

    /// The name of the samples in text 0.0.4. It ends in `_total` for a counter and in `_info` for
    /// an info metric. For a histogram or a summary it has no
    /// suffix.
    package var name: String
    package var help: String
    package var kind: Kind
    /// The base unit of the values, such as `seconds` or `bytes`. The name must end in it, before
    /// `_total`.
    package var unit: String?
    /// The label names of all samples; each sample has the values.
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

    /// The name in OpenMetrics, where a family is named without the suffix of its samples.
    package var openMetricsName: String {
        switch kind {
        case .counter: name.droppingSuffix("_total")
        case .info: name.droppingSuffix("_info")
        case .gauge, .histogram, .summary: name
        }
    }

    /// The number of series that this family has in a scrape, including `_bucket`, `_sum` and
    /// `_count`.
    package var seriesCount: Int {
        samples.reduce(0) { count, sample in
            switch sample.value {
            case .number: count + 1
            case .histogram(let histogram): count + histogram.buckets.count + 3
            case .summary(let summary): count + summary.quantiles.count + 2
            }
        }
    }

    /// The samples sorted by label values: scrapers cache parsed series by line, which a stable
    /// order helps.
    var sortedSamples: [MetricSample] {
        let isSorted = zip(samples, samples.dropFirst()).allSatisfy { !($1 < $0) }
        return isSorted ? samples : samples.sorted(by: <)
    }
}

/// One series, or all series of a histogram or a summary.
package struct MetricSample: Sendable, Hashable {
    /// The values of the family's label names, in the same order.
    package var labelValues: [String]
    package var value: MetricValue
    /// The time of the value, or nil for the time of the scrape. Prefer nil: Prometheus does not
    /// mark a series with explicit timestamps stale when it disappears.
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
    case summary(SummaryValue)
}

/// The state of a summary.
package struct SummaryValue: Sendable, Hashable {
    package struct Quantile: Sendable, Hashable {
        /// 0 to 1.
        package var rank: Double
        package var value: Double

        package init(rank: Double, value: Double) {
            self.rank = rank
            self.value = value
        }
    }

    /// In ascending order.
    package var quantiles: [Quantile]
    package var sum: Double
    package var count: UInt64

    package init(quantiles: [Quantile], sum: Double, count: UInt64) {
        self.quantiles = quantiles
        self.sum = sum
        self.count = count
    }
}

/// The state of a histogram.
package struct HistogramValue: Sendable, Hashable {
    package struct Bucket: Sendable, Hashable {
        package var upperBound: Double
        /// The number of observations at or below the bound, including those of all lower buckets.
        package var cumulativeCount: UInt64

        package init(upperBound: Double, cumulativeCount: UInt64) {
            self.upperBound = upperBound
            self.cumulativeCount = cumulativeCount
        }
    }

    /// The buckets in ascending order. The bucket of `+Inf` is not among them: its count is
    /// `count`, and both formats write it from there, so it can occur neither twice nor not at all.
    package let buckets: [Bucket]
    package var sum: Double
    package var count: UInt64

    /// Ignores a bucket of `+Inf`.
    package init(buckets: [Bucket], sum: Double, count: UInt64) {
        self.buckets = buckets.filter { $0.upperBound != .infinity }
        self.sum = sum
        self.count = count
    }

    /// From non-cumulative counts per bucket. `counts` has one element more than the finite bounds:
    /// that of `+Inf`.
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
