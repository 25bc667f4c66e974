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
        let request = try order.order(
            "approve",
            [JSONMember("graph_id", .string(found.id))],
            isAnswer: true
        )
        try await wait.give(request, graph: found.id, client)
    }
}
