import Backtest
import Configuration
import Cycle
import Diagnosis
import GES
import Rehearsal
import Testing
import Time

/// What an agent decided in a scenario is decided again over what it exported meanwhile.
@Suite("A backtest over a recorded run")
struct BacktestParityTests {
    /// What a recording does not hold, and the scenarios in which that decided.
    static let leftOut: [String: [String]] = [
        "received alerts": [
            "hung_after_start", "hung_after_status_change", "webhook_answers_then_hangs",
            "webhook_hung", "webhook_import_own_job", "webhook_lucky_answer",
        ],
        "requests that were refused, not sent or not answered": [
            "credential_may_not_restart_401", "credential_may_not_restart_403",
            "hung_after_two_refused", "hung_after_two_throttled", "hung_after_two_unavailable",
            "retry_after", "retry_after_others_seen", "retry_after_two",
        ],
        "that the agent was started anew, or its clock differed": [
            "agent_crash_loop", "agent_down_clear_age", "agent_starts_anew",
            "agent_starts_anew_refusing", "gateway_clock", "refusing_before_start",
        ],
        "the job list of before the agent saw the fleet": [
            "job_list_fails", "outage_restarted_by_person",
        ],
        "pauses": ["paused"],
        "how the management plane answered": ["provider_incident"],
        "the tasks with their ages, and the edition of a graph": [
            "kill_cost", "ladder_agent_killed", "ladder_answers_lost", "ladder_cancel_helps",
            "ladder_cancel_in_vain", "ladder_deliveries_late", "ladder_stop_and_start",
            "ladder_stop_refused", "ladder_stopped_by_restart",
        ],
    ]

    static let files: [String] = {
        let names = Set(leftOut.values.joined())
        return ScenarioTests.files.filter { !names.contains(name($0)) }
    }()

    static func name(_ file: String) -> String {
        String(file.split(separator: "/").last ?? "").replacing(".yaml", with: "")
    }

    /// One decision, without the moment.
    struct Line: Hashable, CustomStringConvertible {
        var graphID: String
        var action: String
        var hangClass: HangClass?
        var alertname: String
        var reason: String

        var description: String { "\(action) of \(graphID): \(alertname): \(reason)" }
    }

    static func replay(_ outcome: ScenarioOutcome) throws -> BacktestResult {
        var reader = RecordingReader()
        reader.beginFile()
        try reader.read(Array(outcome.recording.utf8))
        try reader.endFile()
        let recording = try reader.finish()
        let configuration = try #require(outcome.configuration)
        var options = Replay.Options(configuration.cycleSettings) {
            ListedGraph.Status(GraphStatus(code: $0))
        }
        options.supposesAuto = false
        var replay = Replay(recording, options)
        return replay.run()
    }

    @Test("leaves out only scenarios that exist, and few of them")
    func known() {
        let all = Set(ScenarioTests.files.map(Self.name))
        let names = Self.leftOut.values.joined()
        #expect(all.isSuperset(of: names))
        #expect(names.count < all.count / 5)
    }

    @Test("decides the same", arguments: files)
    func decides(file: String) throws {
        let scenario = try Scenario.load(file)
        guard scenario.agents == 1 else { return }
        var options = RehearsalOptions()
        options.records = true
        let outcome = ScenarioRun(scenario, seed: 1, options: options).outcome()
        let result = try Self.replay(outcome)
        let live = outcome.decisions.map { decision in
            Line(
                graphID: decision.graphID,
                action: decision.action,
                hangClass: decision.hangClass,
                alertname: decision.alertname,
                reason: decision.reason
            )
        }
        let replayed = result.decisions.filter { !$0.isShadow }
        let lines = replayed.map { decision in
            Line(
                graphID: decision.graphID,
                action: "\(decision.action)",
                hangClass: decision.hangClass,
                alertname: decision.alertname,
                reason: decision.reason
            )
        }
        #expect(live == lines, "\(file)")
        guard live == lines else { return }
        for (one, other) in zip(outcome.decisions, replayed) {
            let apart = max(one.at, other.at) - min(one.at, other.at)
            // Evidence takes its time, and so do the polls of a graph that does not answer.
            #expect(apart <= result.interval * 2, "\(file): \(one.at) and \(other.at)")
        }
    }
}
