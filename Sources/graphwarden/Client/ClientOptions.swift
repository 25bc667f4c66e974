import Agent
import ArgumentParser

/// Options of the commands that query a running agent.
struct ClientOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(name: .customLong("url"), help: "URL of the running agent.")
    var url = "http://127.0.0.1:10355"

    @Option(name: [.customShort("o"), .customLong("output")], help: "Output format.")
    var output = Output.table

    /// Queries the agent. On failure, prints the error and exits with its exit code.
    func get(_ path: String) async throws -> AgentResponse {
        do {
            return try await AgentClient(url: url).get(path)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(error.exitCode)
        }
    }
}
