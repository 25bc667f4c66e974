import ArgumentParser
import JSON
import Remediation
import Tables

/// The incidents of one graph or of all.
struct HistoryIncidentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incidents",
        abstract: "List the incidents, the newest first.",
        discussion: "Exit codes: 0 success, 1 no such graph, 2 the agent does not respond,"
            + " 64 wrong usage."
    )

    @Argument(help: "Only incidents of this graph: \(GraphLookup.help)")
    var graph: String?

    @OptionGroup var filter: HistoryFilter

    @Option(name: .customLong("limit"), help: "The most incidents to list.")
    var limit = 100

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be positive") }
        try KnownWords.check("--outcome", filter.outcome, IncidentRecord.outcomes)
        if filter.kind != nil {
            throw ValidationError(
                "--kind is about lines of the audit trail and not about incidents"
            )
        }
    }

    func run() async throws {
        let graphID = if let graph { try await client.graph(graph).id } else { String?.none }
        let pages = IncidentPages(client: client, filter: filter, graphID: graphID)
        var incidents: [JSONValue] = []
        try await pages.forEach(limit: limit) { incidents.append($0) }
        switch client.output {
        case .json: try HistoryOutput.write(["incidents": .array(incidents)])
        case .table:
            let lines = IncidentReport.list(
                incidents,
                width: Terminal.width,
                isColored: Terminal.hasColor
            )
            Terminal.outputUnescaped(lines.map { $0 + "\n" }.joined())
        }
    }
}
