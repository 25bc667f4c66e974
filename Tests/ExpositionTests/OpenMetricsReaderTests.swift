import Testing

@testable import Exposition

@Suite("Parsing OpenMetrics")
struct OpenMetricsReaderTests {
    private static func entries(_ text: String) throws -> [OpenMetricsReader.Entry] {
        var reader = OpenMetricsReader(Array(text.utf8))
        var entries: [OpenMetricsReader.Entry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }

    @Test("reads descriptions, labels with escapes, values and times, and skips exemplars")
    func everything() throws {
        let text = #"""
            # TYPE q counter
            # UNIT q seconds
            # HELP q Of all \ kinds.
            q_total{a="x\"y\\z\n",b=""} +Inf 1.5 # {trace="1"} 0.5
            q_total 1e3 2
            # EOF

            """#
        let entries = try Self.entries(text)
        #expect(entries.prefix(3).contains(.unit(metric: "q", "seconds")))
        #expect(entries.prefix(3).contains(.help(metric: "q", #"Of all \ kinds."#)))
        let pairs = [("__name__", "q_total"), ("a", "x\"y\\z\n"), ("b", "")]
        #expect(
            entries[3]
                == .sample(
                    OpenMetricsReader.Recorded(
                        labels: pairs.map { OpenMetricsReader.Pair(name: $0.0, value: $0.1) },
                        value: .infinity,
                        seconds: 1.5
                    )
                )
        )
        #expect(entries.count == 5)
    }

    @Test(
        "says in which line the text is no recording",
        arguments: [
            ("a 1 2\n", 1, "the text does not end with # EOF"),
            ("a 1 2\na 1\n# EOF\n", 2, "expected NAME{LABELS} VALUE SECONDS"),
            ("a{b=\"c} 1 2\n# EOF\n", 1, "expected NAME{LABELS} VALUE SECONDS"),
            ("a{b=c} 1 2\n# EOF\n", 1, "expected NAME{LABELS} VALUE SECONDS"),
            ("a x 2\n# EOF\n", 1, "expected NAME{LABELS} VALUE SECONDS"),
            ("# NOTE a b\n# EOF\n", 1, "expected # TYPE, # HELP, # UNIT or # EOF"),
            ("# EOF\na 1 2\n", 1, "text after # EOF"),
        ]
    )
    func mistakes(text: String, line: Int, reason: String) {
        #expect(throws: OpenMetricsReader.Failure(line: line, reason: reason)) {
            try Self.entries(text)
        }
    }
}
