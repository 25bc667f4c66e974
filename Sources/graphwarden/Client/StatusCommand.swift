import ArgumentParser
import JSON
import Tables
import Time

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the agent is well, and if not since when and what to do.",
        discussion: """
            Exit codes: 0 well, 1 not well, 2 the agent does not respond, 64 wrong usage.
            """
    )

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let answer: AgentResponse
        do {
            answer = try await client.get("/api/v1/status")
        } catch is ExitCode {
            // An agent of a version without this path may be well or not.
            throw ExitCode(2)
        }
        switch client.output {
        case .json: Terminal.output(answer.text)
        case .table:
            Terminal.outputUnescaped(
                StatusReport.lines(answer.data, at: .now, isColored: Terminal.hasColor)
                    .map { $0 + "\n" }.joined()
            )
        }
        let isWell =
            answer.data["ready"]?.boolValue == true
            && answer.data["troubles"]?.arrayValue?.isEmpty == true
        if !isWell { throw ExitCode(1) }
    }
}

/// The status of the agent as text.
enum StatusReport {
    static func lines(_ data: JSONValue, at now: Timestamp, isColored: Bool) -> [String] {
        let troubles = data["troubles"]?.arrayValue ?? []
        let title =
            troubles.isEmpty
            ? Cell("WELL", .good)
            : Cell(data["ready"]?.boolValue == true ? "NOT WELL" : "NOT READY", .bad)
        var lines = [isColored ? title.tone.colored(title.text) : title.text]
        lines += troubles.flatMap { trouble(Safe($0), at: now) }
        lines.append(fleet(data))
        for pause in (data["pauses"]?.arrayValue ?? []).map(Safe.init) {
            let what =
                switch pause.text("scope") {
                case "graph": "graph \(pause.text("graphName")) (\(pause.text("graphId")))"
                case "entry": "entry \"\(pause.text("entry"))\""
                default: "the whole fleet"
                }
            lines.append(
                "Paused: \(what) until \(pause.text("until")) by \(pause.text("by")):"
                    + " \(pause.text("reason"))"
            )
        }
        return lines + waiting(data)
    }

    private static func trouble(_ trouble: Safe, at now: Timestamp) -> [String] {
        let since = trouble.text("since")
        let age = trouble.value.age("since", at: now).text
        let when = since.isEmpty ? "" : ", for \(age) (since \(since))"
        return [
            "\(trouble.text("name"))\(when): \(trouble.text("text"))",
            "  remedy: \(trouble.text("remedy"))",
        ]
    }

    private static func fleet(_ data: JSONValue) -> String {
        let verdicts = (data["verdicts"]?.objectValue ?? [])
            .map { "\($0.value.integerValue ?? 0) \(Cell($0.name).text)" }
        return "Graphs: \(data["graphs"]?.integerValue ?? 0)"
            + (verdicts.isEmpty ? "" : " (\(verdicts.joined(separator: ", ")))")
    }

    /// What waits for something to happen.
    private static func waiting(_ data: JSONValue) -> [String] {
        let acknowledgements = (data["awaitingAcknowledgement"]?.arrayValue ?? [])
            .compactMap(\.stringValue).map { Cell($0).text }
        let counts = [
            ("Restarts in progress", data["restartsInFlight"]?.integerValue ?? 0),
            ("Waiting for approval", data["approvalsPending"]?.integerValue ?? 0),
        ]
        return counts.filter { $0.1 > 0 }.map { "\($0.0): \($0.1)" }
            + (acknowledgements.isEmpty
                ? [] : ["Waiting for acknowledgement: \(acknowledgements.joined(separator: ", "))"])
    }

    /// Texts whose characters do not act on the terminal.
    private struct Safe {
        let value: JSONValue

        init(_ value: JSONValue) { self.value = value }

        func text(_ name: String) -> String { Cell(value.text(name)).text }
    }
}
