/// Lints a scrape as bytes, in either format: what a strict parser would reject, and the findings
/// of `Lint` for the families in it. Also finds what a family in code cannot show: series that the
/// encoder wrote twice, families that are not contiguous, histograms without `+Inf`.
package struct ExpositionLint {
    private let isOpenMetrics: Bool
    private var findings: [LintFinding] = []
    /// The families so far, in order of their first line.
    private var families: [ParsedFamily] = []
    private var seenFamilies: Set<String> = []
    private var seenSeries: Set<[OpenMetricsReader.Pair]> = []

    private init(isOpenMetrics: Bool) {
        self.isOpenMetrics = isOpenMetrics
    }

    package static func findings(_ bytes: [UInt8], isOpenMetrics: Bool) -> [LintFinding] {
        var lint = ExpositionLint(isOpenMetrics: isOpenMetrics)
        lint.read(bytes)
        return lint.findings + Lint.findings(lint.families.map(\.family))
            + lint.families.flatMap(\.findings)
    }

    private mutating func read(_ bytes: [UInt8]) {
        let newline = UInt8(ascii: "\n")
        if bytes.last != newline { report("the last line", "does not end with a newline") }
        var lines = bytes.split(separator: newline, omittingEmptySubsequences: false)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        let end = lines.firstIndex { $0.elementsEqual("# EOF".utf8) }
        if isOpenMetrics {
            guard end == lines.count - 1 else {
                return report("# EOF", "is missing or not the last line")
            }
            lines.removeLast()
        }
        for line in lines {
            if line.first == UInt8(ascii: "#") {
                readDescription(String(decoding: line, as: UTF8.self))
            } else {
                readSample(line)
            }
        }
    }

    private mutating func report(_ metric: String, _ text: String) {
        findings.append(LintFinding(metric: metric, text: text))
    }

    // MARK: Lines

    private mutating func readDescription(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, ["TYPE", "HELP", "UNIT"].contains(words[1]) else {
            // Text 0.0.4 allows comments, but no encoder of ours writes any.
            return report(line, "is not a description")
        }
        let (key, name, text) = (String(words[1]), String(words[2]), String(words[3]))
        if families.last?.name != name { begin(name) }
        guard families[families.count - 1].describe(key, text) else {
            return report(name, "# \(key) is repeated, unknown or after the samples")
        }
    }

    private mutating func begin(_ name: String) {
        if !seenFamilies.insert(name).inserted {
            report(name, "the lines of the family are not contiguous")
        }
        families.append(ParsedFamily(name: name, isOpenMetrics: isOpenMetrics))
    }

    private mutating func readSample(_ line: ArraySlice<UInt8>) {
        guard let sample = SampleLine(line) else {
            return report(String(decoding: line, as: UTF8.self), "is not a sample")
        }
        let labels = sample.labels.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        if !seenSeries.insert(labels).inserted {
            report(sample.name, "occurs twice: \(labels.map { "\($0.name)=\($0.value)" })")
        }
        guard !families.isEmpty, families[families.count - 1].add(sample) else {
            return report(sample.name, "has no # TYPE directly before its samples")
        }
    }
}
