import Agent
import ArgumentParser
import Tables
import URI

/// Shows the agent's own explanation. Nothing is computed here, so the terminal, the API and the
/// log cannot disagree.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show why a graph is or is not restarted.",
        discussion: ExitCodes.graph
    )

    @Argument(help: "The graph: \(GraphLookup.help)")
    var graph: String

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let id = try await client.graph(graph).id
        let answer = try await client.get("/api/v1/graphs/\(PercentEncoding.encode(id))/why")
        switch client.output {
        case .json: Terminal.output(answer.text)
        case .table: Terminal.output(WhyReport.text(answer.data))
        }
    }
}
