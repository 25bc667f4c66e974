import API
import ArgumentParser
import Diagnosis
import JSON
import Remediation
import Tables
import Time
import URI

struct GraphsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphs",
        abstract: "Show the graphs that the agent sees, and what it thinks of them.",
        discussion: ExitCodes.lists,
        subcommands: [GraphListCommand.self, GraphShowCommand.self],
        defaultSubcommand: GraphListCommand.self
    )
}

struct GraphListCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the graphs.",
        discussion: ExitCodes.lists
    )

    @Option(help: "Only graphs with this verdict, such as hung or healthy.")
    var verdict: String?

    @Option(help: "Only graphs whose remediation has this state, such as held or cooling_down.")
    var state: String?

    @Option(help: "Only graphs of this mode: auto, approve, shadow, off or unselected.")
    var mode: String?

    @Option(help: "Only graphs that this entry of `graphs` in the configuration selects.")
    var entry: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var client: ClientOptions

    private static let modes = Mode.allCases.map(\.rawValue) + ["unselected"]

    func validate() throws {
        try KnownWords.check("--verdict", verdict, Verdict.labels)
        try KnownWords.check("--state", state, RemediationState.labels)
        try KnownWords.check("--mode", mode, Self.modes)
    }

    func items() async throws -> [JSONValue] {
        let filters = [("verdict", verdict), ("state", state), ("mode", mode), ("entry", entry)]
        let graphs = try await client.get("/api/v1/graphs").data["graphs"]?.arrayValue ?? []
        return graphs.filter { graph in
            filters.allSatisfy { name, wanted in wanted.map { graph.text(name) == $0 } ?? true }
        }
    }

    static let member = "graphs"
    static let columns: [Table.Column] = [
        .init("NAME", isFreeText: true), .init("ID"), .init("STATUS"), .init("SINCE"),
        .init("VERDICT"), .init("MODE"), .init("STATE"), .init("REASONS", isFreeText: true),
    ]

    static func row(_ graph: JSONValue, at now: Timestamp) -> [Cell] {
        let reasons = (graph["reasons"]?.arrayValue ?? []).compactMap(\.stringValue)
        let paused = graph["pauses"]?.arrayValue?.isEmpty == false && !reasons.contains("paused")
        return [
            Cell(graph.text("name")), Cell(graph.text("id")), Cell(graph.text("status")),
            graph.age("statusSince", at: now),
            Cell(graph.text("verdict"), tone(ofVerdict: graph.text("verdict"))),
            Cell(graph.text("mode")),
            Cell(graph.text("state"), tone(ofState: graph.text("state"))),
            Cell((reasons + (paused ? ["paused"] : [])).joined(separator: ",")),
        ]
    }

    private static func tone(ofVerdict verdict: String) -> Cell.Tone {
        switch verdict {
        case "healthy": .good
        case "hung": .bad
        case "busy": .plain
        default: .warning
        }
    }

    private static func tone(ofState state: String) -> Cell.Tone {
        switch state {
        case "idle": .plain
        case "stalled", "exhausted", "unknown_outcome": .bad
        default: .warning
        }
    }
}

struct GraphShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one graph: what the agent sees of it and what each probe says.",
        discussion: "Use `graphwarden why` for the decision.\n\n\(ExitCodes.graph)"
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let found = try await client.graph(graph)
        let answer = try await client.get("/api/v1/graphs/\(PercentEncoding.encode(found.id))")
        switch client.output {
        case .json: Terminal.output(answer.text)
        case .table: Terminal.output(GraphReport.text(answer.data, at: .now))
        }
    }
}
