import ArgumentParser
import JSON

struct HistoryExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the audit trail as JSON lines, newest first.",
        discussion: """
            Each line has its hash. Kept elsewhere, an export shows later whether the ledger was \
            rewritten.
            """
    )

    @Argument(help: "ID of the graph whose lines to write.")
    var graph: String?

    @OptionGroup var filter: HistoryFilter

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let pages = HistoryPages(client: client, filter: filter, graphID: graph)
        try await pages.forEach { line in
            Terminal.output(String(decoding: try line.serialized(), as: UTF8.self))
        }
    }
}
