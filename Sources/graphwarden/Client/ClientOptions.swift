import Agent
import ArgumentParser

/// How a command reaches the running agent.
struct ClientOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table
        case json
    }

    @Option(name: .customLong("url"), help: "Address of the running agent.")
    var url = "http://127.0.0.1:10355"

    @Option(name: [.customShort("o"), .customLong("output")], help: "Form of the answer.")
    var output = Output.table

    /// Asks the agent; ends the command with the exit code that fits when that fails.
    func get(_ path: String) async throws -> AgentAnswer {
        do {
            return try await AgentClient(url: url).get(path)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(error.exitCode)
        }
    }
}
