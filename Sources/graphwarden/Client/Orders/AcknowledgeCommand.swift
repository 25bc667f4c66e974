import ArgumentParser
import JSON
import Tables

struct AcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge",
        abstract: "Release a graph that is exhausted, stalled or suspended.",
        discussion: ExitCodes.orders
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @Flag(
        name: .customLong("clear-attempts"),
        help: "Attempts so far no longer count against the graph."
    )
    var clearsAttempts = false

    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let id = try await client.graph(graph).id
        let clears = clearsAttempts ? [JSONMember("clear_attempts", true)] : []
        try await client.give(
            try order.order("acknowledge", [JSONMember("graph_id", .string(id))] + clears)
        )
    }
}
