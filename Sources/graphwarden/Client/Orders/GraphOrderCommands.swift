import ArgumentParser
import JSON
import Tables

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve the restart that the agent asks for.",
        discussion: ExitCodes.restart
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @OptionGroup var wait: WaitOptions
    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let found = try await client.graph(graph)
        let request = try order.order("approve", [JSONMember("graph_id", .string(found.id))])
        try await wait.give(request, graph: found.id, client)
    }
}

struct RejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Reject the restart that the agent asks for or has announced.",
        discussion: ExitCodes.orders
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @OptionGroup var order: OrderOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let id = try await client.graph(graph).id
        try await client.give(try order.order("reject", [JSONMember("graph_id", .string(id))]))
    }
}

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
