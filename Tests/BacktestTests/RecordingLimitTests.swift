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
        ]
    )
    func malformed(text: String) {
        let error = #expect(throws: RecordingError.self) { try read(Self.up + text + "\n") }
        #expect(error.map { "\($0)".hasPrefix("2: ") } ?? false, "\(String(describing: error))")
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
        #expect(throws: RecordingError.severalProjects("p", "q")) {
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

    @Test("not for values that are no numbers, which are no samples")
    func notNumbers() throws {
        let recording = try read(Self.up + "ges_up{project_id=\"p\"} NaN 1700000030\n")
        #expect(recording.sampleCount == 1)
    }
}
