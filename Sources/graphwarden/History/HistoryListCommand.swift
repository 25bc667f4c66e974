import ArgumentParser
import JSON
import Tables

struct HistoryListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the newest lines of the audit trail, or verify it (default)."
    )

    @Argument(help: "Only lines of this graph: \(GraphLookup.help)")
    var graph: String?

    @OptionGroup var filter: HistoryFilter

    @Option(name: .customLong("limit"), help: "The most lines to show.")
    var limit = 100

    @Flag(
        name: .customLong("verify"),
        help: "Verify the audit trail in --storage.path, also while an agent is running."
    )
    var verifies = false

    @Option(
        name: .customLong("storage.path"),
        help: "Directory of the ledger, as given to the agent, for --verify."
    )
    var storagePath = "data"

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be positive") }
        if verifies, graph != nil {
            throw ValidationError("--verify is about the whole audit trail and not about a graph")
        }
    }

    func run() async throws {
        if verifies { return try HistoryVerification.run(storagePath, client.output) }
        let graphID = if let graph { try await client.graph(graph).id } else { String?.none }
        let pages = HistoryPages(client: client, filter: filter, graphID: graphID)
        var lines: [JSONValue] = []
        try await pages.forEach(limit: limit) { lines.append($0) }
        switch client.output {
        case .json:
            try HistoryOutput.write(["lines": .array(lines)])
        case .table:
            let table = HistoryReport.lines(
                lines,
                width: Terminal.width,
                isColored: Terminal.hasColor
            )
            Terminal.outputUnescaped(table.map { $0 + "\n" }.joined())
        }
    }
}
