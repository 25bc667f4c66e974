/// Writes sample lines, which the two formats share.
struct SampleWriter {
    private(set) var bytes: [UInt8] = []
    /// OpenMetrics writes whole numbers with a fraction and timestamps in seconds, text 0.0.4
    /// neither.
    let isOpenMetrics: Bool

    init(isOpenMetrics: Bool, expectedSeries: Int) {
        self.isOpenMetrics = isOpenMetrics
        // A typical line has less than 96 bytes; one allocation is enough for most expositions.
        bytes.reserveCapacity(expectedSeries * 96 + 4096)
    }

    mutating func append(_ text: String) {
        bytes += text.utf8
    }

    /// `name` is the sample name, without the suffixes of a histogram or a summary.
    mutating func append(_ sample: MetricSample, of family: MetricFamily, name: String) {
        switch sample.value {
        case .number(let value):
            appendHead(name, family.labelNames, sample.labelValues)
            appendNumber(value)
            finishLine(sample.timestampMilliseconds)
        case .histogram(let histogram):
            append(histogram, sample: sample, of: family, name: name)
        case .summary(let summary):
            append(summary, sample: sample, of: family, name: name)
        }
    }

    /// A sample of a family that is known by its labels alone.
    mutating func append(
        _ name: String,
        labels: [(name: String, value: String)],
        value: Double,
        timestampMilliseconds: Int64
    ) {
        appendHead(name, labels.map(\.name), labels.map(\.value))
        appendNumber(value)
        finishLine(timestampMilliseconds)
    }

    private mutating func append(
        _ histogram: HistogramValue,
        sample: MetricSample,
        of family: MetricFamily,
        name: String
    ) {
        // Both formats require a bucket for `+Inf`, equal to the count.
        let last = HistogramValue.Bucket(upperBound: .infinity, cumulativeCount: histogram.count)
        for bucket in histogram.buckets + [last] {
            appendHead(
                name + "_bucket",
                family.labelNames,
                sample.labelValues,
                bound: ("le", bucket.upperBound)
            )
            NumberFormat.append(bucket.cumulativeCount, to: &bytes)
            finishLine(sample.timestampMilliseconds)
        }
        appendTotals(histogram.sum, histogram.count, sample: sample, of: family, name: name)
    }

    private mutating func append(
        _ summary: SummaryValue,
        sample: MetricSample,
        of family: MetricFamily,
        name: String
    ) {
        for quantile in summary.quantiles {
            appendHead(
                name,
                family.labelNames,
                sample.labelValues,
                bound: ("quantile", quantile.rank)
            )
            appendNumber(quantile.value)
            finishLine(sample.timestampMilliseconds)
        }
        appendTotals(summary.sum, summary.count, sample: sample, of: family, name: name)
    }

    private mutating func appendTotals(
        _ sum: Double,
        _ count: UInt64,
        sample: MetricSample,
        of family: MetricFamily,
        name: String
    ) {
        appendHead(name + "_sum", family.labelNames, sample.labelValues)
        appendNumber(sum)
        finishLine(sample.timestampMilliseconds)
        appendHead(name + "_count", family.labelNames, sample.labelValues)
        NumberFormat.append(count, to: &bytes)
        finishLine(sample.timestampMilliseconds)
    }

    private mutating func appendNumber(_ value: Double) {
        if isOpenMetrics {
            NumberFormat.appendFloat(value, to: &bytes)
        } else {
            NumberFormat.append(value, to: &bytes)
        }
    }

    /// Appends the name and the labels up to the space before the value.
    private mutating func appendHead(
        _ name: String,
        _ labelNames: [String],
        _ labelValues: [String],
        bound: (label: String, value: Double)? = nil
    ) {
        bytes += name.utf8
        var separator = UInt8(ascii: "{")
        for (label, value) in zip(labelNames, labelValues) {
            appendLabel(label, after: separator)
            appendEscaped(value, quote: true)
            bytes.append(UInt8(ascii: "\""))
            separator = UInt8(ascii: ",")
        }
        if let bound {
            appendLabel(bound.label, after: separator)
            NumberFormat.appendFloat(bound.value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
            separator = UInt8(ascii: ",")
        }
        if separator == UInt8(ascii: ",") { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func appendLabel(_ name: String, after separator: UInt8) {
        bytes.append(separator)
        bytes += name.utf8
        bytes += [UInt8(ascii: "="), UInt8(ascii: "\"")]
    }

    /// Escapes backslash and newline, and the quotation mark where the text is enclosed in quotes
    /// or the format requires it.
    mutating func appendEscaped(_ text: String, quote: Bool) {
        let backslash = UInt8(ascii: "\\")
        let newline = UInt8(ascii: "\n")
        let quoteMark = quote ? UInt8(ascii: "\"") : backslash
        let needsEscapes = text.utf8.contains {
            $0 == backslash || $0 == newline || $0 == quoteMark
        }
        guard needsEscapes else { return bytes += text.utf8 }
        for byte in text.utf8 {
            switch byte {
            case newline: bytes += [backslash, UInt8(ascii: "n")]
            case backslash, quoteMark: bytes += [backslash, byte]
            default: bytes.append(byte)
            }
        }
    }

    private mutating func finishLine(_ timestampMilliseconds: Int64?) {
        if let timestamp = timestampMilliseconds {
            bytes.append(UInt8(ascii: " "))
            if timestamp < 0 { bytes.append(UInt8(ascii: "-")) }
            appendTimestamp(milliseconds: timestamp.magnitude)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func appendTimestamp(milliseconds: UInt64) {
        guard isOpenMetrics else { return NumberFormat.append(milliseconds, to: &bytes) }
        NumberFormat.append(milliseconds / 1000, to: &bytes)
        let fraction = String(milliseconds % 1000)
        bytes.append(UInt8(ascii: "."))
        bytes += repeatElement(UInt8(ascii: "0"), count: 3 - fraction.utf8.count)
        bytes += fraction.utf8
    }
}
