import Cycle
import CycleFixtures
import Diagnosis
import Exposition
import JSON
import Remediation
import Testing
import Time

@testable import API

@Suite("The scorecard in the API and in metrics")
struct ScoreRowTests {
    private static let start = Timestamp(milliseconds: 1_795_428_000_000)

    /// Entry `prod` in mode auto, with a requirement and so many right decisions.
    private func status(right: Int) -> Status {
        var entry = GraphEntry(name: "prod", match: GraphMatch(), policy: Policy())
        entry.policy.mode = .auto
        entry.policy.requirement = Requirement(precision: 0.9, decisions: 2)
        var status = Status.starting
        status.settings = ReadingsFixture.settings(graphs: [entry])
        var graph = GraphRecord(id: GraphID("g"))
        for second in 0..<right {
            let at = Self.start + .seconds(Int64(second))
            var decision = DecisionRecord(.sent, .unresponsive, entry: "prod", at: at)
            decision.judgement = Judgement(reason: .verified, at: at)
            graph.decisions.append(decision)
        }
        let snapshot = MachineSnapshot(records: right > 0 ? [graph] : [], pauses: [], answered: [])
        status.machine = Machine(restoring: snapshot, at: Self.start)
        _ = status.machine.step(
            requests: [],
            reports: [],
            view: status.view,
            at: Self.start + .seconds(60)
        )
        return status
    }

    private func samples(_ name: String, _ status: Status) -> [[String]: MetricValue] {
        let registry = MetricRegistry()
        ScorecardMeter(metrics: registry).measure(status)
        let family = registry.families().first { $0.name == name }
        return (family?.samples ?? []).reduce(into: [:]) { $0[$1.labelValues] = $1.value }
    }

    @Test("a requirement is not met before there are decisions, and is once they were right")
    func requirement() {
        for right in [0, 1, 2] {
            let status = status(right: right)
            #expect(status.scoreRows.count == HangClass.allCases.count)
            let row = status.scoreRows.first { $0.key.hangClass == .unresponsive }
            #expect(row?.score.right == right && row?.isMet == (right == 2))
            let met = samples("graphwarden_scorecard_requirement_met", status)
            #expect(met[["prod", "unresponsive"]] == .number(right == 2 ? 1 : 0))
            #expect(met[["prod", HangClass.importing.rawValue]] == .number(0))
            let outcomes = samples("graphwarden_decision_outcomes_total", status)
            for outcome in DecisionOutcome.allCases {
                #expect(outcomes[["prod", "unresponsive", outcome.rawValue]] == .number(0))
            }
            let labels = samples("graphwarden_decision_labels_total", status)
            #expect(labels[["prod", "unresponsive", "wrong"]] == .number(0))
            let scores = ScorecardAPI.document(status)["scores"]?.arrayValue ?? []
            #expect(scores.count == HangClass.allCases.count)
        }
    }
}
