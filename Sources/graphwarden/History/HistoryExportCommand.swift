import ArgumentParser
import JSON
import Tables

struct HistoryExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the audit trail as JSON lines, newest first.",
        discussion: """
            Each line has its hash. Kept elsewhere, an export shows later whether the ledger was \
            rewritten.
            """
    )

    @Argument(help: "Only lines of this graph: \(GraphLookup.help)")
    var graph: String?

    @OptionGroup var filter: HistoryFilter

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let graphID = if let graph { try await client.graph(graph).id } else { String?.none }
        let pages = HistoryPages(client: client, filter: filter, graphID: graphID)
        try await pages.forEach { line in
            Terminal.output(String(decoding: try line.serialized(), as: UTF8.self))
        }
    }
}
