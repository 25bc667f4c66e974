/// All runs of one scenario.
package struct ScenarioSummary: Sendable {
    package let scenario: Scenario
    package let outcomes: [ScenarioOutcome]

    package init(_ scenario: Scenario, _ outcomes: [ScenarioOutcome]) {
        self.scenario = scenario
        self.outcomes = outcomes
    }

    package var failures: [ScenarioOutcome] { outcomes.filter { !$0.hasPassed } }
    package var hasPassed: Bool { failures.isEmpty }

    /// What is doubtful about the configuration, one line each; the same for every seed.
    package var warnings: [String] { outcomes.first?.warnings ?? [] }

    /// The times to the restarts of all runs, sorted.
    package var delays: [Duration] { outcomes.flatMap(\.delays).sorted() }
}

/// A table of scenarios: seeds, verdict, and the time from the first event about a graph to its
/// restart.
package struct ScenarioTable {
    private let summaries: [ScenarioSummary]

    package init(_ summaries: [ScenarioSummary]) {
        self.summaries = summaries
    }

    package var lines: [String] {
        let rows =
            [["scenario", "seeds", "verdict", "median", "worst"]] + summaries.map(Self.row)
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }.joined(separator: "  ").trimmingEnd
        }
    }

    private static func row(_ summary: ScenarioSummary) -> [String] {
        let delays = summary.delays
        let count = summary.outcomes.count
        let failed = summary.failures.count
        return [
            summary.scenario.name,
            "\(count)",
            failed == 0 ? "pass" : "FAIL \(failed) of \(count)",
            delays.isEmpty ? "-" : delays[delays.count / 2].clock,
            delays.last?.clock ?? "-",
        ]
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
