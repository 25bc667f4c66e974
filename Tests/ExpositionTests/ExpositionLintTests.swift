import Exposition
import Testing

private func findings(_ text: String, isOpenMetrics: Bool = false) -> [String] {
    ExpositionLint.findings(Array(text.utf8), isOpenMetrics: isOpenMetrics).map(\.text)
}

private let gaugeHead = "# HELP a x\n# TYPE a gauge\n"
private let histogramHead = "# HELP a x\n# TYPE a histogram\n"

private let faultyTexts: [(text: String, finding: String)] = [
    ("# HELP a x\n# TYPE a gauge\na 1", "does not end with a newline"),
    (gaugeHead + "a 1\n\n", "is not a sample"),
    (gaugeHead + "a{b=\"1\" 1\n", "is not a sample"),
    (gaugeHead + "a one\n", "is not a sample"),
    (gaugeHead + "a 1 1000\n", "has an explicit timestamp"),
    ("a 1\n", "has no # TYPE directly before its samples"),
    (gaugeHead + "ab 1\na 1\n", "has no # TYPE directly before its samples"),
    ("# HELP a x\n# TYPE a matrix\n", "# TYPE is repeated, unknown or after the samples"),
    (
        gaugeHead + "a 1\n# TYPE a gauge\n",
        "# TYPE is repeated, unknown or after the samples"
    ),
    (
        gaugeHead + "a 1\n# HELP b x\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{c=\"1\"} 1\n",
        "the lines of the family are not contiguous"
    ),
    (gaugeHead + "a{b=\"1\"} 1\na{c=\"1\"} 1\n", "the labels [\"c\"] differ from [\"b\"]"),
    ("# TYPE a gauge\na 1\n", "no help text"),
    ("# HELP a_total x\n# TYPE a_total counter\na_total -1\n", "is negative"),
    (gaugeHead, "has no samples"),
]

private let faultyOpenMetrics: [(text: String, finding: String)] = [
    (gaugeHead + "a 1\n", "is missing or not the last line"),
    (gaugeHead + "a 1\n# EOF\na{b=\"1\"} 1\n", "is missing or not the last line"),
    (
        "# HELP a x\n# TYPE a counter\na 1\n# EOF\n",
        "has no # TYPE directly before its samples"
    ),
    (
        "# HELP a x\n# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
        "does not end in its unit"
    ),
]

@Suite("The lint of a scrape")
struct ExpositionLintTests {
    @Test("finds nothing in what the encoders write", arguments: [false, true])
    func encoders(isOpenMetrics: Bool) {
        var families = everyKind + fleet(graphs: 3).filter { $0.name != "ges_graph_info" }
        for index in families.indices {
            for sample in families[index].samples.indices {
                families[index].samples[sample].timestampMilliseconds = nil
            }
        }
        let bytes =
            isOpenMetrics ? OpenMetricsFormat.encode(families) : TextFormat.encode(families)
        #expect(ExpositionLint.findings(bytes, isOpenMetrics: isOpenMetrics) == [])
    }

    @Test("finds what a parser rejects in text 0.0.4", arguments: faultyTexts)
    func faults(text: String, expected: String) {
        #expect(findings(text).contains { $0.contains(expected) }, "\(findings(text))")
    }

    @Test("finds a series that occurs twice, also with its labels in another order")
    func duplicates() {
        let twice = gaugeHead + "a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n"
        #expect(findings(twice).contains { $0.hasPrefix("occurs twice") })
        let bucket = "a_bucket{le=\"+Inf\"} 1\n"
        let histogram = histogramHead + bucket + bucket + "a_sum 1\na_count 1\n"
        #expect(findings(histogram).contains { $0.hasPrefix("occurs twice") })
    }

    @Test("finds a histogram whose parts do not fit together")
    func histograms() {
        let tail = "a_sum 1\na_count 2\n"
        let faulty = [
            tail: "+Inf is missing",
            "a_bucket{le=\"1.0\"} 1\n" + tail: "+Inf is missing",
            "a_bucket{le=\"+Inf\"} 1\n" + tail: "differs from _count",
            "a_bucket{le=\"+Inf\"} 2\na_sum 1\n": "no _sum or _count",
            "a_bucket{le=\"2.0\"} 1\na_bucket{le=\"1.0\"} 1\na_bucket{le=\"+Inf\"} 2\n" + tail:
                "not in ascending order",
            "a_bucket{le=\"1.0\"} 3\na_bucket{le=\"+Inf\"} 2\n" + tail: "exceeds the total",
            "a_bucket{le=\"1.0\"} 1.5\na_bucket{le=\"+Inf\"} 2\n" + tail: "a whole count",
        ]
        for (text, expected) in faulty {
            let found = findings(histogramHead + text)
            #expect(found.contains { $0.contains(expected) }, "\(text): \(found)")
        }
    }

    @Test("finds a summary whose parts do not fit together")
    func summaries() {
        let head = "# HELP a x\n# TYPE a summary\n"
        let tail = "a_sum 1\na_count 2\n"
        #expect(findings(head + "a{quantile=\"0.5\"} 1\n" + tail).isEmpty)
        let faulty = [
            "a{quantile=\"0.5\"} 1\na_sum 1\n": "no _sum or _count",
            "a 1\n" + tail: "a quantile without a rank",
            "a{quantile=\"0.9\"} 2\na{quantile=\"0.5\"} 1\n" + tail: "not in ascending order",
        ]
        for (text, expected) in faulty {
            let found = findings(head + text)
            #expect(found.contains { $0.contains(expected) }, "\(text): \(found)")
        }
    }

    @Test("finds what OpenMetrics forbids", arguments: faultyOpenMetrics)
    func openMetrics(text: String, expected: String) {
        let found = findings(text, isOpenMetrics: true)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }
}

@Test("no histogram writes the bucket of +Inf twice, with it among the bounds or without")
func infinityOnce() {
    for bounds in [[1.0, 2], [1, 2, .infinity]] {
        let value = HistogramValue(bounds: bounds, counts: [1, 2, 3], sum: 9)
        let family = MetricFamily(
            "a_seconds",
            help: "x",
            kind: .histogram,
            samples: [MetricSample([], .histogram(value))]
        )
        for (isOpenMetrics, bytes) in [
            (false, TextFormat.encode([family])), (true, OpenMetricsFormat.encode([family])),
        ] {
            #expect(ExpositionLint.findings(bytes, isOpenMetrics: isOpenMetrics) == [])
            #expect(String(decoding: bytes, as: UTF8.self).split(separator: "+Inf").count == 2)
        }
    }
}
