import ArgumentParser
import JSON
import Tables
import Time

struct AlertsCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Show pending and firing alerts of the rules, and received ones.",
        discussion: ExitCodes.lists
    )

    @Option(help: "Only alerts in this state: pending, firing or, of received ones, inactive.")
    var state: String?

    @Option(help: "Only alerts of this graph: \(GraphLookup.help)")
    var graph: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        try KnownWords.check("--state", state, ["pending", "firing", "inactive"])
    }

    func items() async throws -> [JSONValue] {
        let wanted = if let graph { try await client.graph(graph).id } else { String?.none }
        let graphs = GraphLookup.candidates(try await client.get("/api/v1/graphs").data)
        let names = Dictionary(graphs.map { ($0.id, $0.name) }) { first, _ in first }
        let own = try await client.get("/api/v1/alerts").data["alerts"]?.arrayValue ?? []
        let received =
            try await client.get("/api/v1/alerts/received").data["alerts"]?.arrayValue ?? []
        let named = (own + received).map { alert in
            let name = names[alert["labels"]?.text("graph_id") ?? ""] ?? ""
            return JSONValue.object(
                [JSONMember("graphName", .string(name))] + (alert.objectValue ?? [])
            )
        }
        return named.filter { alert in
            (state.map { alert.text("state") == $0 } ?? true)
                && (wanted.map { alert["labels"]?.text("graph_id") == $0 } ?? true)
        }
    }

    static let member = "alerts"
    static let columns: [Table.Column] = [
        .init("ALERT"), .init("STATE"), .init("GRAPH"), .init("AGE"), .init("SOURCE"),
        .init("SUMMARY", isFreeText: true),
    ]

    static func row(_ alert: JSONValue, at now: Timestamp) -> [Cell] {
        let labels = alert["labels"] ?? .null
        let name = alert.text("graphName")
        let source = alert.text("source")
        return [
            Cell(labels.text("alertname")),
            Cell(alert.text("state"), alert.text("state") == "firing" ? .bad : .warning),
            Cell(name.isEmpty ? labels.text("graph_id") : name), alert.age("activeAt", at: now),
            Cell(source.isEmpty ? "rule" : source),
            Cell(alert["annotations"]?.text("summary") ?? ""),
        ]
    }
}
