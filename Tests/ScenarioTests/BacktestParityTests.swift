import Backtest
import Configuration
import Cycle
import Diagnosis
import Foundation
import GES
import Rehearsal
import Rules
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
        "what is required of earlier decisions": ["precision_approved", "precision_unknown"],
        "what Cloud Eye saw": ["load_served"],
        "how the management plane answered": ["provider_incident"],
        "the tasks with their ages, and the edition of a graph": [
            "kill_cost", "ladder_agent_killed", "ladder_answers_lost", "ladder_cancel_helps",
            "ladder_cancel_in_vain", "ladder_deliveries_late", "ladder_stop_and_start",
            "ladder_stop_refused", "ladder_stopped_by_restart",
        ],
    ]

    /// Every eighth takes half a minute; LONG_TESTS runs all.
    static let files: [String] = {
        let names = Set(leftOut.values.joined())
        let all = ScenarioTests.files.filter { !names.contains(name($0)) }
        guard ProcessInfo.processInfo.environment["LONG_TESTS"] == nil else { return all }
        return all.enumerated().filter { $0.offset % 8 == 0 }.map(\.element)
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

    @Test("shows the restart that waited for a person because of the precision, and says so")
    func required() throws {
        let scenario = try Scenario.load("Tests/ScenarioTests/scenarios/precision_unknown.yaml")
        var options = RehearsalOptions()
        options.records = true
        let outcome = ScenarioRun(scenario, seed: 1, options: options).outcome()
        #expect(outcome.decisions.isEmpty)
        let result = try Self.replay(outcome)
        #expect(result.decisions.count == 1)
        #expect(result.notes.contains { $0.hasPrefix("require has no effect") })
    }

    @Test("decides the same whether graphs that are well are left out or not", arguments: 1...4)
    func quietGraphs(seed: Int) throws {
        let text = SilentFleet(seed: UInt64(seed)).text
        let results = try [false, true].map { try Self.replay(text, leavesOutQuietGraphs: $0) }
        #expect(!results[0].decisions.isEmpty)
        #expect(results[0].decisions == results[1].decisions)
        #expect(results[0].holds == results[1].holds)
    }

    @Test("leaves out graphs that are well with the shipped rules")
    func calmFleet() throws {
        let text = SilentFleet(silent: [3: [400..<1_400]]).text
        let results = try [false, true].map { try Self.replay(text, leavesOutQuietGraphs: $0) }
        #expect(results[0].decisions.map(\.graphID) == ["g3"])
        #expect(results[0].decisions == results[1].decisions)
        #expect(results[0].replayedGraphPolls == results[0].graphPolls)
        #expect(results[1].replayedGraphPolls < results[1].graphPolls / 2)
    }

    /// Without thresholds.yml, which records what it reads.
    @Test("leaves out graphs that are well with one of the shipped rule files alone")
    func oneFile() throws {
        let text = SilentFleet(silent: [3: [400..<1_400]]).text
        let results = try [false, true].map { leavesOut in
            try Self.replay(text, leavesOutQuietGraphs: leavesOut) { files in
                files.filter { $0.groups.contains { $0.name == "unresponsive" } }
            }
        }
        #expect(results[0].decisions.map(\.graphID) == ["g3"])
        #expect(results[0].decisions == results[1].decisions)
        #expect(results[1].replayedGraphPolls < results[1].graphPolls / 2)
    }

    @Test("replays all graphs for a rule that counts them, beside a name that nothing records too")
    func counting() throws {
        let rules = """
            groups:
            - name: g
              rules:
              - alert: Half
                expr: |
                  ges_graph_probe_success == 0
                    and on () count(ges_graph_status_code) > (sum(a:b) or vector(1))
                labels: {remediate: restart, hang: unresponsive}
            """
        let file = try #require(RuleFile.read(rules, file: "r.yml").file)
        let text = SilentFleet(silent: [3: [400..<1_400]]).text
        let result = try Self.replay(text, leavesOutQuietGraphs: true) { _ in [file] }
        #expect(result.replayedGraphPolls == result.graphPolls)
    }

    private static func replay(
        _ text: String,
        leavesOutQuietGraphs: Bool,
        rules: ([RuleFile]) -> [RuleFile] = { $0 }
    ) throws -> BacktestResult {
        let scenario = try Scenario.load("Tests/ScenarioTests/scenarios/hung_plain.yaml")
        var rehearsal = RehearsalOptions()
        rehearsal.records = true
        let outcome = ScenarioRun(scenario, seed: 1, options: rehearsal).outcome()
        let configuration = try #require(outcome.configuration)
        var reader = RecordingReader()
        try reader.read(Array(text.utf8))
        var settings = configuration.cycleSettings
        settings.ruleFiles = rules(settings.ruleFiles)
        var options = Replay.Options(settings) { ListedGraph.Status(GraphStatus(code: $0)) }
        options.leavesOutQuietGraphs = leavesOutQuietGraphs
        var replay = Replay(try reader.finish(), options)
        return replay.run()
    }

    @Test("decides once on a hang, however often the listing fails", arguments: [false, true])
    func oneHang(leavesOut: Bool) throws {
        for failures in [1, 10, 60] {
            let hangs = [3: [400..<1_400, 1_800..<2_500]]
            let fleet = SilentFleet(silent: hangs) { $0 % (1_000 / failures) == 7 }
            let result = try Self.replay(fleet.text, leavesOutQuietGraphs: leavesOut)
            let graphs = result.decisions.map(\.graphID)
            #expect(graphs == ["g3", "g3"], "\(failures): \(result.decisions.map(\.at))")
            #expect(result.notes.contains { $0.contains("listing failed") })
        }
    }

    @Test("decides at the same time however often Prometheus scrapes", arguments: [2, 3])
    func pace(scrapes: Int) throws {
        let hangs = [3: [400..<1_400], 5: [2_000..<2_400]]
        let once = try Self.replay(SilentFleet(silent: hangs).text, leavesOutQuietGraphs: false)
        let often = try Self.replay(
            SilentFleet(silent: hangs, scrapes: scrapes).text,
            leavesOutQuietGraphs: false
        )
        #expect(once.decisions.count == 2)
        #expect(often.decisions.map(\.graphID) == once.decisions.map(\.graphID))
        for (one, other) in zip(once.decisions, often.decisions) {
            #expect(max(one.at, other.at) - min(one.at, other.at) <= .seconds(1))
        }
    }

    @Test("goes on when a clock was ahead for a time")
    func wrongClock() throws {
        let hangs = [3: [1_400..<2_400]]
        let fleet = SilentFleet(silent: hangs) { _ in
            false
        } ahead: {
            (500..<510).contains($0)
        }
        let result = try Self.replay(fleet.text, leavesOutQuietGraphs: false)
        #expect(result.decisions.map(\.graphID) == ["g3"])
        #expect(result.notes.contains { $0.contains("10 polls that begin after their scrape") })
    }
}

/// A recording of a fleet in which graphs are silent now and then, for a short or a long time, alone
/// or together, and in which some are busy.
private struct SilentFleet {
    private static let graphs = 16
    private static let polls = 3_000
    private var state: UInt64 = 1
    private(set) var text = ""

    init(seed: UInt64) {
        state = seed
        var silent = [[Range<Int>]](repeating: [], count: Self.graphs)
        for _ in 0..<6 {
            let start = 200 + random(2_600)
            let length = [4, 15, 45, 120][random(4)]
            for _ in 0...(random(3) == 0 ? 3 : 0) {
                silent[random(Self.graphs)].append(start..<start + length)
            }
        }
        let busy = random(Self.graphs)
        let failing = random(200)
        text = Self.text(silent, busy, scrapes: 1) {
            $0 % 200 == failing
        } ahead: { _ in
            false
        }
    }

    /// - Parameters:
    ///   - silent: the polls in which graphs are silent.
    ///   - scrapes: for each poll.
    ///   - fails: whether the listing of a poll fails.
    ///   - ahead: whether the clock of the agent is a day ahead in a poll.
    init(
        silent: [Int: [Range<Int>]],
        scrapes: Int = 1,
        fails: (Int) -> Bool = { _ in false },
        ahead: (Int) -> Bool = { _ in false }
    ) {
        let all = (0..<Self.graphs).map { silent[$0] ?? [] }
        text = Self.text(all, nil, scrapes: scrapes, fails: fails, ahead: ahead)
    }

    private static func text(
        _ silent: [[Range<Int>]],
        _ busy: Int?,
        scrapes: Int,
        fails: (Int) -> Bool,
        ahead: (Int) -> Bool
    ) -> String {
        var lines: [String: [String]] = [:]
        var listed = 0
        for scrape in 0..<polls * scrapes {
            let poll = scrape / scrapes
            let time = 1_700_000_000 + poll * 30 + scrape % scrapes * 30 / scrapes
            func add(_ series: String, _ value: String) {
                lines[series, default: []].append("\(series) \(value) \(time).5\n")
            }
            let isFailure = fails(poll)
            if !isFailure { listed = 1_699_999_998 + poll * 30 + (ahead(poll) ? 86_400 : 0) }
            add(#"ges_up{project_id="p"}"#, isFailure ? "0" : "1")
            for graph in 0..<graphs {
                let id = "graph_id=\"g\(graph)\""
                let isSilent = silent[graph].contains { $0.contains(poll) }
                add("ges_graph_last_sample_timestamp_seconds{\(id)}", "\(listed)")
                if !isFailure {
                    add("ges_graph_info{\(id),graph_name=\"n\(graph)\",project_id=\"p\"}", "1")
                    add("ges_graph_status_code{\(id)}", "200")
                    add("ges_graph_jobs_running{\(id)}", "0")
                }
                let path = "private http 10.0.\(graph % 2).0/24:80"
                add("ges_graph_path_info{\(id),path=\"\(path)\",network_path=\"\(path)\"}", "1")
                for kind in ["version", "summary"] {
                    let word = isSilent ? "silent" : "alive"
                    add("ges_graph_probe_outcome{\(id),probe=\"\(kind)\",outcome=\"\(word)\"}", "1")
                    add(
                        "ges_graph_probe_connected{\(id),probe=\"\(kind)\"}",
                        isSilent && graph % 3 == 0 ? "0" : "1"
                    )
                }
                guard graph == busy, !isFailure, poll % 400 > 300 else { continue }
                add("ges_graph_tasks{\(id),state=\"running\"}", "1")
                add(
                    "ges_graph_progress{\(id),source=\"tasks\",scope=\"all\"}",
                    poll % 3 == 0 ? "1" : "0"
                )
            }
        }
        return lines.sorted { $0.key < $1.key }.flatMap(\.value).joined()
    }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
