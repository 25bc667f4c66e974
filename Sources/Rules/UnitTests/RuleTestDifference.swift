import GoText
import Series
import StrictYAML

/// Compares expected and actual results as multisets and lists what is missing and what is surplus.
/// Order never counts, as in promtool. No lines means equal.
enum RuleTestDifference {
    static func alerts(
        expected: [RuleTest.ExpectedAlert],
        actual: [RuleTest.ExpectedAlert]
    ) -> [RuleTestReport.Line] {
        var missing = expected
        var surplus: [RuleTest.ExpectedAlert] = []
        for alert in actual {
            if let index = missing.firstIndex(of: alert) {
                missing.remove(at: index)
            } else {
                surplus.append(alert)
            }
        }
        var lines: [RuleTestReport.Line] = []
        for alert in missing.sorted(by: { $0.labels < $1.labels }) {
            // The same alert with other annotations: show only the annotations that differ.
            guard let twin = surplus.firstIndex(where: { $0.labels == alert.labels }) else {
                lines.append(.missing("\(alert.labels)"))
                continue
            }
            lines.append(.note("\(alert.labels): the annotations differ"))
            lines += annotations(alert.annotations, surplus.remove(at: twin).annotations)
        }
        let rest = surplus.sorted { $0.labels < $1.labels }
        return lines + rest.flatMap { [.surplus("\($0.labels)")] + source(of: $0) }
    }

    /// An alert as an item of `exp_alerts`, to be copied into the test.
    private static func source(
        of alert: RuleTest.ExpectedAlert
    ) -> [RuleTestReport.Line] {
        let labels = alert.labels.filter { $0.name != "alertname" }
            .map { (name: $0.name, value: $0.value) }
        let annotations = alert.annotations.sorted { $0.key < $1.key }
            .map { (name: $0.key, value: $0.value) }
        let entries = mapping("exp_labels", labels) + mapping("exp_annotations", annotations)
        guard let first = entries.first else { return [.note("  - {}")] }
        return [.note("  - " + first)] + entries.dropFirst().map { .note("    " + $0) }
    }

    private static func mapping(
        _ key: String,
        _ members: [(name: String, value: String)]
    ) -> [String] {
        guard !members.isEmpty else { return [] }
        return ["\(key):"]
            + members.map { "  \(plainOrQuoted($0.name)): \($0.value.goQuoted)" }
    }

    /// A key, in quotes if YAML could take it for something else than text. All escapes of Go are
    /// escapes of YAML.
    private static func plainOrQuoted(_ name: String) -> String {
        let isWord = ["y", "n", "yes", "no", "on", "off"].contains(name.lowercased())
        let isPlain = Labels.isLegacyLabelName(name) && YAMLScalarKind(name) == .string && !isWord
        return isPlain ? name : name.goQuoted
    }

    private static func annotations(
        _ expected: [String: String],
        _ actual: [String: String]
    ) -> [RuleTestReport.Line] {
        Set(expected.keys).union(actual.keys).sorted().flatMap { name in
            guard expected[name] != actual[name] else { return [RuleTestReport.Line]() }
            return [
                expected[name].map { .missing("\(name): \($0)") },
                actual[name].map { .surplus("\(name): \($0)") },
            ].compactMap(\.self)
        }
    }

    static func samples(
        expected: [RuleTest.ExpectedSample],
        actual: [RuleTest.ExpectedSample],
        areEqual: (Double, Double) -> Bool
    ) -> [RuleTestReport.Line] {
        var missing = expected
        var surplus: [RuleTest.ExpectedSample] = []
        for sample in actual {
            let index = missing.firstIndex {
                $0.labels == sample.labels && areEqual($0.value, sample.value)
            }
            if let index { missing.remove(at: index) } else { surplus.append(sample) }
        }
        func text(_ sample: RuleTest.ExpectedSample) -> String {
            // Not the payload of a NaN.
            "\(sample.labels.seriesDescription) " + (sample.value.isNaN ? "nan" : "\(sample.value)")
        }
        // Per series, the expected value directly above the actual one.
        let lines =
            missing.map { ($0.labels, 0, RuleTestReport.Line.missing(text($0))) }
            + surplus.map { ($0.labels, 1, RuleTestReport.Line.surplus(text($0))) }
        return lines.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}
