import ArgumentParser
import JSON

/// The time line of one incident.
struct HistoryShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an incident from its first sign to its end.",
        discussion: "Exit codes: 0 success, 1 no such incident, 2 the agent does not respond,"
            + " 64 wrong usage."
    )

    @Argument(help: "ID of the incident, as \"history incidents\" lists it.")
    var incident: String

    @Flag(help: "Write only the tasks that were killed, as JSON lines, to submit them again.")
    var tasks = false

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let answer = try await IncidentPages.whole(incident, client)
        if tasks {
            for task in answer.data["tasks"]?.arrayValue ?? [] {
                Terminal.output(String(decoding: try task.serialized(), as: UTF8.self))
            }
            return
        }
        switch client.output {
        case .json: Terminal.output(answer.text)
        case .table: Terminal.output(IncidentReport.text(answer.data))
        }
    }
}
