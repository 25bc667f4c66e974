import StrictYAML
import Testing

@testable import Rules

@Suite("A rule over series that are minutes late")
struct DelayedSeriesLintTests {
    private static let vocabulary = SeriesVocabulary(
        metrics: ["memory": ["graph_id"], "probe": ["graph_id"]],
        delayed: ["memory"]
    )

    private func warnings(
        _ expression: String,
        _ labels: String,
        _ vocabulary: SeriesVocabulary = vocabulary
    ) -> [String] {
        let text = """
            groups:
              - name: g
                rules:
                  - alert: A
                    expr: '\(expression)'
                    for: 1m
                    labels: {\(labels)}
            """
        return RuleFile.read(text, file: "r.yml", vocabulary: vocabulary).issues
            .map(\.message)
    }

    @Test(
        "that asks for a restart causes a warning, wherever it reads them",
        arguments: [
            "memory > 0.9", "probe == 0 and on (graph_id) memory > 0.9",
            "max by (graph_id) (max_over_time(memory[10m])) > 0.9",
            "max_over_time(memory[1h:1m]) > 0.9", "{__name__=\"memory\"} > 0.9",
            "{__name__=~\"mem.*\"} > 0.9", "{graph_id=\"g\"} > 0.9",
        ]
    )
    func restarts(expression: String) {
        let restart = warnings(expression, "remediate: restart, hang: unresponsive")
        #expect(restart.count == 1, "\(restart)")
        #expect(restart.first?.contains("up to ten minutes old") == true)
        #expect(warnings(expression, "severity: warning").isEmpty)
        #expect(warnings(expression, "remediate: block").isEmpty, "to block is the safe side")
    }

    /// Rules that read one another, in any order and file, and whatever stands between them.
    @Test(
        "that asks for a restart causes a warning, if other rules read them for it",
        arguments: [
            ("recorded > 0.9", "\"recorded\""), ("twice > 0.9", "\"twice\""),
            ("ALERTS{alertname=\"Full\"} == 1", "\"Full\""),
            ("{__name__=~\"rec.+\"} > 0", "\"recorded\""),
            ("ALERTS{alertname=~\"F.*\"} == 1", "\"Full\""), ("by_alert == 1", "\"by_alert\""),
            ("ALERTS{alertname=\"Other\"} == 1", ""), ("seen == 0", ""),
        ]
    )
    func derived(expression: String, name: String) throws {
        let others = """
            groups:
              - name: others
                rules:
                  - {record: by_alert, expr: 'ALERTS{alertname="Full", alertstate="firing"}'}
                  - {record: twice, expr: max by (graph_id) (recorded)}
                  - {record: seen, expr: probe}
                  - {alert: Full, expr: twice > 0.9}
                  - {alert: Other, expr: seen == 0}
            """
        let first = """
            groups:
              - name: first
                rules: [{record: recorded, expr: 'avg_over_time(memory[30m])'}]
            """
        var vocabulary = Self.vocabulary
        for text in [others, first] {
            vocabulary.add(try #require(RuleFile.read(text, file: "o.yml").file))
        }
        let found = warnings(expression, "remediate: restart, hang: unresponsive", vocabulary)
            .filter { $0.contains("up to ten minutes old") }
        #expect(found.count == (name.isEmpty ? 0 : 1), "\(found)")
        #expect(found.allSatisfy { $0.contains(name) })
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
