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
    /// What a recording does not hold, by the scenario in which it decided.
    static let leftOut: [String: String] = [:]

    static let files = ScenarioTests.files.filter { leftOut[name($0)] == nil }

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
            #expect(apart <= result.interval + .seconds(15), "\(file): \(one.at) and \(other.at)")
        }
    }
}
