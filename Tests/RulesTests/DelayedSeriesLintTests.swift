import StrictYAML
import Testing

@testable import Rules

@Suite("A rule over series that are minutes late")
struct DelayedSeriesLintTests {
    private static let vocabulary = SeriesVocabulary(
        metrics: ["memory": ["graph_id"], "probe": ["graph_id"]],
        delayed: ["memory"]
    )

    private func warnings(_ expression: String, _ labels: String) -> [String] {
        let text = """
            groups:
              - name: g
                rules:
                  - alert: A
                    expr: '\(expression)'
                    for: 1m
                    labels: {\(labels)}
            """
        return RuleFile.read(text, file: "r.yml", vocabulary: Self.vocabulary).issues
            .map(\.message)
    }

    @Test(
        "that asks for a restart causes a warning, wherever it reads them",
        arguments: [
            "memory > 0.9", "probe == 0 and on (graph_id) memory > 0.9",
            "max by (graph_id) (max_over_time(memory[10m])) > 0.9",
            "max_over_time(memory[1h:1m]) > 0.9", "{__name__=\"memory\"} > 0.9",
        ]
    )
    func restarts(expression: String) {
        let restart = warnings(expression, "remediate: restart, hang: unresponsive")
        #expect(restart.count == 1, "\(restart)")
        #expect(restart.first?.contains("five to ten minutes old") == true)
        #expect(warnings(expression, "severity: warning").isEmpty)
        #expect(warnings(expression, "remediate: block").isEmpty, "to block is the safe side")
    }

    @Test("that reads other series causes none")
    func others() {
        let restart = warnings("probe == 0", "remediate: restart, hang: unresponsive")
        #expect(restart.isEmpty, "\(restart)")
    }

    @Test(
        "causes a warning about a range that may be empty",
        arguments: [
            ("avg_over_time(memory[5m])", 1), ("avg_over_time(memory[9m59s])", 1),
            ("avg_over_time(memory[10m])", 0), ("avg_over_time(probe[1m])", 0),
            ("avg_over_time(memory[10m:1m])", 0),
        ]
    )
    func ranges(expression: String, count: Int) {
        let found = warnings("\(expression) > 0", "severity: warning")
        #expect(found.count == count, "\(found)")
    }
}
