import ArgumentParser
import JSON
import Tables

struct HistoryExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the audit trail or the incidents as JSON lines, newest first.",
        discussion: """
            Each line of the audit trail has its hash. Kept elsewhere, an export shows later whether \
            the ledger was rewritten.

            With --incidents, each line is an incident with its time line and the tasks that its \
            restarts killed.
            """
    )

    @Argument(help: "Only lines of this graph: \(GraphLookup.help)")
    var graph: String?

    @Flag(help: "Write incidents instead of the lines of the audit trail.")
    var incidents = false

    @OptionGroup var filter: HistoryFilter

    @OptionGroup var client: ClientOptions

    func validate() throws {
        if incidents, filter.kind != nil {
            throw ValidationError(
                "--kind is about lines of the audit trail and not about incidents"
            )
        }
    }

    func run() async throws {
        let graphID = if let graph { try await client.graph(graph).id } else { String?.none }
        if incidents {
            let pages = IncidentPages(client: client, filter: filter, graphID: graphID)
            try await pages.forEach { incident in
                Self.write(try await IncidentPages.whole(incident.text("id"), client).data)
            }
        } else {
            let pages = HistoryPages(client: client, filter: filter, graphID: graphID)
            try await pages.forEach { Self.write($0) }
        }
    }

    private static func write(_ value: JSONValue) {
        guard let bytes = try? value.serialized() else { return }
        Terminal.output(String(decoding: bytes, as: UTF8.self))
    }
}
