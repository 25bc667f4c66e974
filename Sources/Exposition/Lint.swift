/// One problem with a metric.
package struct LintFinding: Hashable, Sendable, CustomStringConvertible {
    package let metric: String
    package let text: String

    package var description: String { "\(metric) \(text)" }
}

/// Reports what `promtool check metrics` reports (client_golang, prometheus/testutil/promlint) and
/// what would make the exposition invalid. Meant for tests: families are declared in code, so
/// linting them once suffices.
package enum Lint {
    package static func findings(_ families: [MetricFamily]) -> [LintFinding] {
        var findings: [LintFinding] = []
        var seen: Set<String> = []
        for family in families {
            let isRepeated = !seen.insert(family.name).inserted
            var texts = isRepeated ? ["the family occurs more than once"] : []
            texts += conventions(family) + LintUnits.findings(family) + structure(family)
            findings += texts.map { LintFinding(metric: family.name, text: $0) }
        }
        return findings
    }

    // MARK: Conventions

    private static let reservedSuffixes = [
        ("_bucket", "non-histogram"), ("_count", "non-histogram and non-summary"),
        ("_sum", "non-histogram and non-summary"),
    ]

    private static func conventions(_ family: MetricFamily) -> [String] {
        var texts: [String] = []
        if family.help.isEmpty { texts.append("no help text") }
        let isCounter = family.kind == .counter
        if isCounter != family.name.hasSuffix("_total") {
            let kind = isCounter ? "counter" : "non-counter"
            texts.append("\(kind) metrics should \(isCounter ? "" : "not ")have \"_total\" suffix")
        }
        if family.kind == .info && !family.name.hasSuffix("_info") {
            texts.append("info metrics should have \"_info\" suffix")
        }
        for (suffix, kinds) in reservedSuffixes
        where family.kind != .histogram && family.name.hasSuffix(suffix) {
            texts.append("\(kinds) metrics should not have \"\(suffix)\" suffix")
        }
        let types = ["counter", "gauge", "histogram", "summary", "untyped"]
        for type in types where family.name.lowercased().contains("_" + type) {
            texts.append("metric name should not include type '\(type)'")
        }
        if family.name.contains(":") { texts.append("metric names should not contain ':'") }
        if isCamelCase(family.name) {
            texts.append("metric names should be written in 'snake_case' not 'camelCase'")
        }
        return texts + family.labelNames.flatMap(labelConventions)
    }

    private static func labelConventions(_ label: String) -> [String] {
        switch label {
        case "le": ["label \"le\" is reserved for histogram buckets"]
        case "quantile": ["non-summary metrics should not have \"quantile\" label"]
        case _ where isCamelCase(label):
            ["label names should be written in 'snake_case' not 'camelCase'"]
        default: []
        }
    }

    private static func isCamelCase(_ name: String) -> Bool {
        zip(name.utf8, name.utf8.dropFirst()).contains { left, right in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left)
                && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(right)
        }
    }

    // MARK: Structure

    private static func structure(_ family: MetricFamily) -> [String] {
        var texts: [String] = []
        if !isName(family.name, colons: true) { texts.append("not a valid metric name") }
        for label in family.labelNames
        where !isName(label, colons: false) || label.hasPrefix("__") {
            texts.append("not a valid label name: \"\(label)\"")
        }
        if Set(family.labelNames).count != family.labelNames.count {
            texts.append("a label name occurs more than once")
        }
        var seen: Set<[String]> = []
        for sample in family.samples {
            if sample.labelValues.count != family.labelNames.count {
                texts.append("\(sample.labelValues) does not match the labels \(family.labelNames)")
            }
            if !seen.insert(sample.labelValues).inserted {
                texts.append("metric not unique: \(sample.labelValues)")
            }
            if let fault = valueFault(sample.value, of: family.kind) {
                texts.append("\(fault): \(sample.labelValues)")
            }
        }
        return texts
    }

    private static func isName(_ name: String, colons: Bool) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"): colons
            default: isDigit(byte)
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func valueFault(
        _ value: MetricValue,
        of kind: MetricFamily.Kind
    ) -> String? {
        switch (kind, value) {
        case (.info, .number(let number)):
            number == 1 ? nil : "the value of an info metric is not 1"
        case (.counter, .number(let number)):
            number >= 0 ? nil : "the value of a counter is negative or not a number"
        case (.gauge, .number): nil
        case (.histogram, .histogram(let histogram)): fault(histogram)
        case (.summary, .summary(let summary)): fault(summary)
        default: "the value does not match the type \(kind.rawValue)"
        }
    }

    private static func fault(_ summary: SummaryValue) -> String? {
        let ranks = summary.quantiles.map(\.rank)
        guard ranks.allSatisfy({ (0...1).contains($0) }) else { return "a rank is not in 0 to 1" }
        let isAscending = zip(summary.quantiles, summary.quantiles.dropFirst()).allSatisfy {
            $0.rank < $1.rank && !($1.value < $0.value)
        }
        return isAscending ? nil : "the quantiles are not in ascending order"
    }

    private static func fault(_ histogram: HistogramValue) -> String? {
        let buckets = histogram.buckets
        let isAscending = zip(buckets, buckets.dropFirst()).allSatisfy {
            $0.upperBound < $1.upperBound && $0.cumulativeCount <= $1.cumulativeCount
        }
        guard isAscending else { return "the buckets are not in ascending order" }
        guard buckets.allSatisfy({ $0.upperBound.isFinite }) else {
            return "a bucket bound is not finite"
        }
        guard (buckets.last?.cumulativeCount ?? 0) <= histogram.count else {
            return "a bucket count exceeds the total count"
        }
        return nil
    }
}
