import Agent
import ArgumentParser
import URI

struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say why a graph is, or is not, restarted.",
        discussion: "Exits with 0 when the agent answered, 1 when it knows no such graph, 2 when"
            + " the agent could not be asked."
    )

    @Argument(help: "Id or name of the graph.")
    var graph: String

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let answer = try await client.get("/api/v1/graphs/\(PercentEncoding.encode(graph))/why")
        switch client.output {
        case .json: Terminal.say(answer.text)
        case .table: Terminal.say(WhyReport.text(answer.data))
        }
    }
}
