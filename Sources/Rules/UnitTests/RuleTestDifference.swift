import Series

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
        return lines + rest.map { .surplus("\($0.labels)") }
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
            "\(sample.labels.seriesDescription) \(sample.value)"
        }
        // Per series, the expected value directly above the actual one.
        let lines =
            missing.map { ($0.labels, 0, RuleTestReport.Line.missing(text($0))) }
            + surplus.map { ($0.labels, 1, RuleTestReport.Line.surplus(text($0))) }
        return lines.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}
