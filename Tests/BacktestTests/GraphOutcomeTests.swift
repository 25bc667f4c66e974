import Cycle
import Diagnosis
import Testing
import Time

@testable import Backtest

/// What becomes of a graph, from a recording of one graph with a poll every 30 seconds.
@Suite("The outcome of a decision")
struct GraphOutcomeTests {
    private static let start: Int64 = 1_700_000_000
    private static let decision = Timestamp(milliseconds: (start + 300) * 1000)

    /// What a graph does in a poll.
    private enum Poll {
        case well, silent, working, stopping, deleted, missing, importing, stillImporting,
            fastImporting
    }

    private func outcome(
        _ course: [(Poll, polls: Int)],
        _ hangClass: HangClass = .unresponsive
    ) throws -> GraphOutcome {
        var text = ""
        var time = Self.start
        for (poll, count) in course {
            for _ in 0..<count {
                text += lines(poll).map { "\($0) \(time)\n" }.joined()
                time += 30
            }
        }
        var reader = RecordingReader()
        try reader.read(Array(text.utf8))
        let recording = try reader.finish()
        let timeline = GraphTimeline(recording, graph: 0) { code in
            .init(code: code, phase: .unknown, description: code)
        }
        return Aftermath.outcome(of: timeline, since: Self.decision, hangClass)
    }

    private func lines(_ poll: Poll) -> [String] {
        let up = #"ges_up{project_id="p"} 1"#
        let info =
            #"ges_graph_info{graph_id="g",graph_name="n",project_id="p",graph_version="2",graph_size="1"} 1"#
        func status(_ code: Int) -> String { #"ges_graph_status_code{graph_id="g"} \#(code)"# }
        func probe(_ outcome: String) -> String {
            #"ges_graph_probe_outcome{graph_id="g",probe="summary",outcome="\#(outcome)"} 1"#
        }
        let progress = #"ges_graph_progress{graph_id="g",source="tasks",scope="all"} 1"#
        let importJob =
            #"ges_graph_running_job_start_timestamp_seconds{graph_id="g",job_name="ImportGraph"} 17e8"#
        func imports(_ value: Int) -> String {
            #"ges_graph_progress{graph_id="g",source="jobs",scope="operation"} \#(value)"#
        }
        return switch poll {
        case .well: [up, info, status(200), probe("alive")]
        case .silent: [up, info, status(200), probe("silent")]
        case .working: [up, info, status(200), probe("silent"), progress]
        case .stopping: [up, info, status(901)]
        case .importing: [up, info, status(202), importJob]
        case .stillImporting: [up, info, status(202), importJob, imports(0)]
        case .fastImporting: [up, info, status(202), importJob, imports(1)]
        case .deleted: [up]
        case .missing: []
        }
    }

    private func silent(_ then: [(Poll, polls: Int)]) throws -> GraphOutcome {
        try outcome([(.well, 5), (.silent, 15)] + then)
    }

    @Test("is a recovery only if the graph goes on answering")
    func recovery() throws {
        #expect(try silent([(.well, 10)]) == .recoveredAlone(after: .seconds(300)))
        // One answer is luck.
        let lucky = try silent([(.well, 1), (.silent, 10), (.well, 10)])
        #expect(lucky == .recoveredAlone(after: .seconds(630)))
        #expect(lucky.judgement == .right)
        #expect(try silent([(.well, 10)]).judgement == .unneeded)
    }

    @Test("is work if it advanced until the graph answered")
    func work() throws {
        #expect(
            try silent([(.working, 4), (.well, 10)]) == .busy(until: .seconds(420))
        )
        // Work that ended long before the graph answered does not excuse it, nor does the end of the
        // recording.
        #expect(
            try silent([(.working, 6), (.silent, 60), (.well, 10)])
                == .recoveredAlone(after: .seconds(2280))
        )
        #expect(try silent([(.working, 6), (.silent, 200)]).judgement == .right)
        #expect(try silent([(.silent, 200), (.working, 6)]) == .unknown(.endOfRecording))
        // What advanced before the decision says nothing of the time after it.
        let before = try outcome([(.well, 5), (.working, 2), (.silent, 13), (.well, 10)])
        #expect(before == .recoveredAlone(after: .seconds(300)))
    }

    @Test("is a restart whoever made it, and whatever follows")
    func restart() throws {
        #expect(
            try silent([(.stopping, 2), (.well, 10)]) == .restarted(after: .seconds(300))
        )
        #expect(
            try silent([(.working, 2), (.stopping, 1), (.silent, 200)])
                == .restarted(after: .seconds(360))
        )
    }

    @Test("proves nothing by a restart at the moment of the decision, or soon after it")
    func recordedRestart() throws {
        for stop in [10, 11, 16] {
            let outcome = try outcome(
                [(.well, 5), (.silent, stop - 5), (.stopping, 2), (.well, 60)]
            )
            #expect(outcome == .recorded(after: .seconds((stop - 10) * 30)))
            #expect(outcome.judgement == .unknown)
        }
        #expect(try silent([(.stopping, 2), (.well, 10)]).judgement == .unknown)
        #expect(try silent([(.silent, 20), (.stopping, 2), (.well, 10)]).judgement == .right)
        // A graph that stays stopped was not restarted.
        #expect(try silent([(.silent, 20), (.stopping, 200)]) == .unknown(.stopped))
        #expect(try silent([(.silent, 20), (.stopping, 90), (.well, 9)]) == .unknown(.stopped))
    }

    @Test("of an operation is its end, whether its job is listed or not")
    func operation() throws {
        func importing(_ then: [(Poll, polls: Int)]) throws -> GraphOutcome {
            try outcome([(.well, 5), (.importing, 15)] + then, .importing)
        }
        for late in [0, 60] {
            let ended = try importing([(.importing, late), (.well, 10)])
            #expect(ended == .endedAlone(after: .seconds(300 + late * 30)))
            #expect(ended.judgement == .unneeded)
        }
        let worked = try importing([(.fastImporting, 10), (.well, 10)])
        #expect(worked == .busy(until: .seconds(600)))
        #expect(try importing([(.importing, 200)]) == .unknown(.unseenWork))
        let stuck = try importing([(.stillImporting, 200)])
        #expect(stuck == .didNotEnd(for: .seconds(6270)) && stuck.judgement == .right)
        #expect(try importing([(.fastImporting, 200)]) == .unknown(.endOfRecording))
        // One that hangs in the status 200 is not silent while it imports.
        #expect(try silent([(.importing, 200)]) == .unknown(.endOfRecording))
    }

    @Test("is silence only if the recording is long enough")
    func silence() throws {
        #expect(try silent([(.silent, 200)]) == .stayedSilent(for: .seconds(6270)))
        #expect(try silent([(.silent, 10)]) == .unknown(.endOfRecording))
    }

    @Test("is unknown behind a gap and of a graph that is gone")
    func unknown() throws {
        #expect(try silent([(.missing, 60), (.well, 10)]) == .unknown(.gap))
        #expect(try silent([(.deleted, 10)]) == .unknown(.gone))
        // A short gap hides nothing.
        #expect(
            try silent([(.missing, 3), (.well, 10)]) == .recoveredAlone(after: .seconds(390))
        )
    }
}
