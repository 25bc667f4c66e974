import ArgumentParser
import JSON
import Tables

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
        try await client.give(
            try order.order("reject", [JSONMember("graph_id", .string(id))], isAnswer: true)
        )
    }
}
