/// One family of a scrape, collected line by line.
struct ParsedFamily {
    /// As in `# TYPE`: in OpenMetrics without the suffix of the samples.
    let name: String
    let isOpenMetrics: Bool
    private var descriptions: [String: String] = [:]
    private var samples: [MetricSample] = []
    private var labelNames: [String]?
    /// The histograms or summaries, by the values of the labels other than `le` and `quantile`, in
    /// order of appearance.
    private var parts: [[String]: Parts] = [:]
    private var partsOrder: [[String]] = []
    private(set) var faults: [String] = []

    private struct Parts {
        var buckets: [HistogramValue.Bucket] = []
        var quantiles: [SummaryValue.Quantile] = []
        var infinityCount: UInt64?
        var sum: Double?
        var count: UInt64?
    }

    init(name: String, isOpenMetrics: Bool) {
        self.name = name
        self.isOpenMetrics = isOpenMetrics
    }

    private var kind: MetricFamily.Kind? {
        descriptions["TYPE"].flatMap(MetricFamily.Kind.init)
    }

    /// Takes a description line. Returns false if it must not occur here.
    mutating func describe(_ key: String, _ text: String) -> Bool {
        guard descriptions[key] == nil, samples.isEmpty, parts.isEmpty else { return false }
        descriptions[key] = text
        switch key {
        case "TYPE": return kind != nil && (isOpenMetrics || kind != .info)
        case "UNIT": return isOpenMetrics
        default: return true
        }
    }

    /// Takes a sample. Returns false if its name is none of this family.
    mutating func add(_ sample: SampleLine) -> Bool {
        guard let kind, sample.name.hasPrefix(name) else { return false }
        let suffix = String(sample.name.dropFirst(name.count))
        guard suffixes(of: kind).contains(suffix) else { return false }
        let bound = kind.boundLabel
        let labels = sample.labels.dropFirst().filter { $0.name != bound }
        let names = labels.map(\.name)
        if labelNames == nil { labelNames = names }
        if names != labelNames {
            faults.append("the labels \(names) differ from \(labelNames ?? [])")
        }
        if sample.timestamp != nil { faults.append("has an explicit timestamp") }
        if bound != nil {
            add(sample, of: kind, to: labels.map(\.value), suffix)
        } else {
            samples.append(MetricSample(labels.map(\.value), sample.value))
        }
        return true
    }

    private func suffixes(of kind: MetricFamily.Kind) -> [String] {
        switch kind {
        case .histogram: ["_bucket", "_sum", "_count"]
        case .summary: ["", "_sum", "_count"]
        case .counter: [isOpenMetrics ? "_total" : ""]
        case .info: ["_info"]
        case .gauge: [""]
        }
    }

    private mutating func add(
        _ sample: SampleLine,
        of kind: MetricFamily.Kind,
        to key: [String],
        _ suffix: String
    ) {
        if self.parts[key] == nil { partsOrder.append(key) }
        var parts = self.parts[key, default: Parts()]
        let count = UInt64(exactly: sample.value)
        switch suffix {
        case "_sum": parts.sum = sample.value
        case "_count": parts.count = count
        case "":
            if let rank = bound(of: sample, kind) {
                parts.quantiles.append(.init(rank: rank, value: sample.value))
            } else {
                faults.append("a quantile without a rank: \(key)")
            }
        default:
            let bound = bound(of: sample, kind)
            if let bound, let count {
                if bound == .infinity { parts.infinityCount = count }
                parts.buckets.append(.init(upperBound: bound, cumulativeCount: count))
            } else {
                faults.append("a bucket without a bound or a whole count: \(key)")
            }
        }
        self.parts[key] = parts
    }

    private func bound(of sample: SampleLine, _ kind: MetricFamily.Kind) -> Double? {
        sample.labels.first { $0.name == kind.boundLabel }.flatMap { Double($0.value) }
    }

    /// The family with its samples, as the encoder was given it.
    var family: MetricFamily {
        var suffix = ""
        if isOpenMetrics, kind == .counter { suffix = "_total" }
        if isOpenMetrics, kind == .info { suffix = "_info" }
        return MetricFamily(
            name + suffix,
            help: descriptions["HELP"] ?? "",
            kind: kind ?? .gauge,
            unit: descriptions["UNIT"],
            labelNames: labelNames ?? [],
            samples: samples + partsOrder.compactMap(composed)
        )
    }

    private func composed(_ key: [String]) -> MetricSample? {
        guard let parts = parts[key], let sum = parts.sum, let count = parts.count else {
            return nil
        }
        if kind == .summary {
            let value = SummaryValue(quantiles: parts.quantiles, sum: sum, count: count)
            return MetricSample(key, .summary(value))
        }
        return MetricSample(
            key,
            .histogram(HistogramValue(buckets: parts.buckets, sum: sum, count: count))
        )
    }

    /// What the family as a value does not show.
    var findings: [LintFinding] {
        var texts = faults
        if samples.isEmpty, parts.isEmpty { texts.append("has no samples") }
        for key in partsOrder {
            guard let parts = parts[key] else { continue }
            if parts.sum == nil || parts.count == nil { texts.append("no _sum or _count: \(key)") }
            guard kind == .histogram else { continue }
            if parts.infinityCount == nil || parts.infinityCount != parts.count {
                texts.append("the bucket of +Inf is missing or differs from _count: \(key)")
            }
        }
        return texts.map { LintFinding(metric: name, text: $0) }
    }
}

extension MetricFamily.Kind {
    /// The label that tells the samples of one value apart; nil for a kind whose value is one sample.
    fileprivate var boundLabel: String? {
        switch self {
        case .histogram: "le"
        case .summary: "quantile"
        case .counter, .gauge, .info: nil
        }
    }
}
