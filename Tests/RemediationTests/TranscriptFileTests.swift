import Diagnosis
import Files
import Remediation
import Testing
import Time

/// The main paths of the machine with the gates of each decision, as files to read. See
/// `transcripts`.
@Suite("The transcripts") struct TranscriptFileTests {
    private static let folder =
        "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        .dropLast().joined(separator: "/") + "/transcripts"

    struct Path: Sendable, CustomTestStringConvertible {
        /// Also the name of the file.
        let name: String
        let title: String
        let play: @Sendable (inout Incident) -> Void
        var mode = Mode.auto
        var change: @Sendable (inout Policy) -> Void = { _ in }
        var testDescription: String { name }
    }

    static let paths = [
        Path(
            name: "hang-restart-verify",
            title: "A graph hangs, is restarted once, and is verified.",
            play: hangRestartVerify
        ),
        Path(
            name: "lost-answer",
            title: "The answer to the restart is lost. It is searched for, never sent again.",
            play: lostAnswer
        ),
        Path(
            name: "storm",
            title: "Many graphs hang at once: none is restarted until the storm has settled.",
            play: storm
        ),
        Path(
            name: "pause-during-restart",
            title: "A person pauses the fleet during a restart, which is followed to its end.",
            play: pauseDuringRestart
        ),
        Path(
            name: "approval",
            title: "A person rejects a restart, and approves it when it is asked for again.",
            play: approval,
            mode: .approve
        ),
    ]

    @Test("read as the machine acts", arguments: paths)
    func transcript(path: Path) throws {
        var incident = Incident(mode: path.mode, change: path.change)
        incident.writesGates = true
        path.play(&incident)
        let text = "\(path.title)\n\n\(incident.text)\n"
        let file = "\(Self.folder)/\(path.name).txt"
        let expected = String(decoding: try TextFile.bytes(file, limit: 1 << 20), as: UTF8.self)
        #expect(text == expected, "\(file) should be:\n\(text)")
    }

    @Sendable private static func hangRestartVerify(_ incident: inout Incident) {
        incident.cycle()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .running))
        incident.status("200")
        incident.answer(true)
        incident.requests = []
        incident.cycle(.seconds(120), .job(Incident.g, jobID: "j1", .succeeded))
        for _ in 1...5 { incident.cycle() }
        // The same complaint within the cool-down.
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle(.seconds(600))
    }

    @Sendable private static func lostAnswer(_ incident: inout Incident) {
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "timeout"))
        for _ in 1...60 { incident.cycle() }
    }

    @Sendable private static func storm(_ incident: inout Incident) {
        incident.requests = [Incident.request()]
        incident.sicken(5)
        incident.cycle()
        for _ in 1...10 { incident.cycle() }
        for number in 1...5 { incident.answer(true, from: GraphID("other-\(number)")) }
        for _ in 1...80 { incident.cycle() }
    }

    @Sendable private static func pauseDuringRestart(_ incident: inout Incident) {
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.order(.pause(.fleet, until: incident.now + .seconds(3600)))
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .running))
        incident.status("200")
        incident.cycle(.seconds(120), .job(Incident.g, jobID: "j1", .succeeded))
        incident.cycle(.seconds(1200))
        incident.cycle(.seconds(3600))
        incident.cycle(.seconds(1200))
    }

    @Sendable private static func approval(_ incident: inout Incident) {
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.order(.reject(Incident.g))
        incident.cycle(.seconds(24 * 3600))
        incident.order(.approve(Incident.g), id: "o2")
    }
}
