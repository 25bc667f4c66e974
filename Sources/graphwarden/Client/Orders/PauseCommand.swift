import ArgumentParser
import JSON
import Tables
import Time

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract:
            "Stop automatic restarts of the fleet, an entry of graphs or a graph for a while.",
        discussion: """
            Restarts in progress go on; the answer lists them with the time by which each takes \
            effect. A pause lasts 14d at most, and one of the same scope replaces the earlier one.

            \(ExitCodes.orders)
            """
    )

    @OptionGroup var scope: ScopeOptions

    @Option(name: .customLong("for"), help: "How long, such as 2h or 1d12h.")
    var duration: String?

    @Option(help: "The end, in RFC 3339, such as 2026-11-23T18:00:00Z.")
    var until: String?

    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (duration == nil) != (until == nil) else {
            throw ValidationError("a pause needs an end: either --for 2h or --until TIME")
        }
        if let duration, (try? PrometheusDuration.parse(duration)) == nil {
            throw ValidationError("--for: expected a duration such as 2h, found \"\(duration)\"")
        }
        if let until, Timestamp(rfc3339: until, maximumFractionDigits: 9) == nil {
            throw ValidationError(
                "--until: expected a time such as 2026-11-23T18:00:00Z, found \"\(until)\""
            )
        }
    }

    func run() async throws {
        let end =
            duration.map { JSONMember("for", .string($0)) }
            ?? JSONMember("until", .string(until ?? ""))
        let members = try await scope.members(client) + [end]
        try await client.give(try order.order("pause", members))
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End a pause of the fleet, an entry of graphs or a graph.",
        discussion: """
            What was paused is observed again before anything is restarted.

            \(ExitCodes.orders)
            """
    )

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.give(
            try order.order("resume", try await scope.members(client), isAnswer: true)
        )
    }
}

/// What a pause is for.
struct ScopeOptions: ParsableArguments {
    @Argument(help: "The graph: \(GraphLookup.help) (default: the whole fleet)")
    var graph: String?

    @Option(help: "The graphs that this entry of `graphs` in the configuration selects.")
    var entry: String?

    func validate() throws {
        if graph != nil, entry != nil {
            throw ValidationError("a graph and --entry exclude each other")
        }
    }

    func members(_ client: ClientOptions) async throws -> [JSONMember] {
        if let graph {
            let found = try await client.graph(graph)
            return [
                JSONMember("scope", "graph"), JSONMember("graph_id", .string(found.id)),
            ]
        }
        if let entry {
            return [JSONMember("scope", "entry"), JSONMember("entry", .string(entry))]
        }
        return [JSONMember("scope", "fleet")]
    }
}
