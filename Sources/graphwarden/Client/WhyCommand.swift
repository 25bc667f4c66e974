import Agent
import ArgumentParser
import URI

/// Shows the agent's own explanation. Nothing is computed here, so the terminal, the API and the
/// log cannot disagree.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show why a graph is or is not restarted.",
        discussion: "Exit codes: 0 success, 1 no such graph, 2 the agent does not respond,"
            + " 64 wrong usage."
    )

    @Argument(help: "ID or name of the graph.")
    var graph: String

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let answer = try await client.get("/api/v1/graphs/\(PercentEncoding.encode(graph))/why")
        switch client.output {
        case .json: Terminal.output(answer.text)
        case .table: Terminal.output(WhyReport.text(answer.data))
        }
    }
}
