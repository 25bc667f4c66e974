import Cycle
import Series
import Testing
import Time

@testable import Backtest

/// Input that is broken, hostile or ambiguous.
@Suite("A recording is refused")
struct RecordingLimitTests {
    private func read(
        _ text: String,
        _ change: (inout RecordingReader.Options) -> Void = { _ in }
    ) throws(RecordingError) -> FleetRecording {
        var options = RecordingReader.Options()
        change(&options)
        var reader = RecordingReader(options)
        reader.beginFile()
        try reader.read(Array(text.utf8))
        try reader.endFile()
        return try reader.finish()
    }

    private static let up = "ges_up{project_id=\"p\"} 1 1700000000\n"

    @Test(
        "with its line, for a line that is none",
        arguments: [
            "ges_up", "ges_up 1", "ges_up{ 1 1700000000", "ges_up{a=\"b} 1 1700000000",
            "ges_up{project_id=\"p\"} x 1700000000", "ges_up{project_id=\"p\"} 1 soon",
            "ges_up{project_id=\"p\"} 1 1700000000000", "ges_up{project_id=\"p\"}  1700000000",
            "ges_up{project_id=\"p\"} 1 -5", "ges_up{project_id=\"p\"} 1 1e300",
            "ges_up{project_id=\"p\"} 1 .", "ges_up{a=\"b\"} 1 1700000000",
            "ges_up{a=\"b\", project_id=\"p\"} 1 1700000000",
            "ges_up{project_id=\"p\"} 1 1700000000 # {trace_id=\"x\"} 0.5",
            "ges_up{project_id=\"p\"} 1 1700000000 # {trace_id=\"x\"} 0.5 1700000000",
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: RecordingError.self) { try read(Self.up + text + "\n") }
        #expect(error.map { "\($0)".hasPrefix("2: ") } ?? false, "\(String(describing: error))")
    }

    @Test("for a value that no agent exports", arguments: GraphMetric.allCases)
    func values(metric: GraphMetric) throws {
        guard RecordingReader.used.contains(metric) else { return }
        let labels = metric.labelNames.map { "\($0)=\"x\"" }.joined(separator: ",")
        func read(_ value: String) throws(RecordingError) {
            _ = try self.read(
                Self.up + "\(metric.rawValue){\(labels)} \(value) 1700000000\n"
            )
        }
        for value in ["+Inf", "-Inf", "1e300", "-1e16"] {
            let error = #expect(throws: RecordingError.self) { try read(value) }
            #expect(error.map { "\($0)".hasPrefix("2: ") } ?? false, "\(metric) \(value)")
        }
        guard metric != .up else { return }
        try read("1")
    }

    @Test("not for lines of others, whatever they are")
    func others() throws {
        let text =
            "http_seconds_bucket{le=\"1\"} 5 1700000000 # {trace_id=\"x\"} 0.5\nnothing\n"
            + "up +Inf\n{\"a.b\"} 1\n"
        #expect(try read(text + Self.up).sampleCount == 1)
    }

    @Test("if one line has no end")
    func endless() {
        let error = #expect(throws: RecordingError.self) {
            try read(Self.up + String(repeating: "a", count: 2 << 20))
        }
        #expect(error == .malformed(line: 2, "the line is longer than 1 MiB"))
    }

    @Test("if two agents recorded at the same time, unless one is chosen")
    func severalAgents() throws {
        var text = ""
        for time in [1_700_000_000, 1_700_000_030] {
            for agent in ["a", "b"] {
                text += "ges_up{project_id=\"p\",instance=\"\(agent)\"} 1 \(time)\n"
            }
        }
        #expect(
            throws: RecordingError.severalAgents("instance=\"a\"", "instance=\"b\"")
        ) { try read(text) }
        let one = try read(text) { $0.matchers = [.init(name: "instance", .equal("a"))] }
        #expect(one.sampleCount == 2)
    }

    @Test("not if one agent followed the other")
    func successors() throws {
        let text = """
            ges_up{project_id="p",instance="a"} 1 1700000000
            ges_up{project_id="p",instance="b"} 0 1700000030

            """
        let recording = try read(text)
        #expect(recording.series.first?.runs.map(\.value) == [1, 0])
    }

    @Test("if it has two projects or nothing of an agent")
    func projects() {
        #expect(throws: RecordingError.severalProjects("p", "q", labels: "")) {
            try read(Self.up + "ges_up{project_id=\"q\"} 1 1700000000\n")
        }
        #expect(throws: RecordingError.self) { try read("up 1 1700000000\n# EOF\n") }
    }

    @Test("if it needs more memory than allowed")
    func limits() {
        var text = ""
        for index in 0..<20 {
            text += "ges_up{project_id=\"p\"} \(index % 2) \(1_700_000_000 + index)\n"
        }
        let error = #expect(throws: RecordingError.self) {
            try read(text) { $0.maximumRuns = 10 }
        }
        guard case .tooLarge(line: 11, limit: 10, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("if it has too many times or labels")
    func moreLimits() {
        var text = ""
        for index in 0..<20 {
            text += "ges_up{project_id=\"p\",instance=\"\(index)\"} 1 \(1_700_000_000 + index)\n"
        }
        let times = #expect(throws: RecordingError.self) {
            try read(text) { $0.maximumTimes = 10 }
        }
        let labels = #expect(throws: RecordingError.self) {
            try read(text) { $0.maximumLabelBytes = 100 }
        }
        for error in [times, labels] {
            guard case .tooLarge? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test("not if graphs are chosen, which leaves the fleet in")
    func chosenGraphs() throws {
        var text = Self.up
        for graph in ["a", "b"] {
            text += "ges_graph_status_code{graph_id=\"\(graph)\"} 200 1700000000\n"
        }
        let one = try read(text) { $0.matchers = [.init(name: "graph_id", .equal("b"))] }
        #expect(one.graphIDs == ["b"] && one.has(.up))
    }

    @Test("not if samples come in any order, once or twice")
    func anyOrder() throws {
        var lines: [String] = []
        for index in 0..<200 {
            if index % 7 != 0 {
                lines.append("ges_up{project_id=\"p\"} \(index / 40 % 2) \(index)")
            }
            lines.append("ges_graph_status_code{graph_id=\"a\"} 200 \(index)")
        }
        let expected = try read(lines.joined(separator: "\n"))
        var state: UInt64 = 1
        for round in 0..<4 {
            for place in lines.indices {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                lines.swapAt(place, Int(state >> 33) % lines.count)
            }
            // The same series after each other, as promtool prints them, and the same line twice.
            if round == 3 { lines.sort() }
            let text = (lines + lines.prefix(20)).joined(separator: "\n")
            let recording = try read(text)
            #expect(recording.times == expected.times)
            #expect(recording.series.map(\.runs) == expected.series.map(\.runs))
        }
    }

    @Test("not for values that are no numbers, which are no samples")
    func notNumbers() throws {
        let recording = try read(Self.up + "ges_up{project_id=\"p\"} NaN 1700000030\n")
        #expect(recording.sampleCount == 1)
    }
}
