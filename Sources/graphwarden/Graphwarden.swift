import API
import Agent
import ArgumentParser

@main
enum EntryPoint {
    static func main() async {
        // Other commands may be ended by it, as a terminal that closes does.
        if CommandLine.arguments.dropFirst().first == "run" { Signals.holdHangups() }
        await Graphwarden.main()
    }
}

struct Graphwarden: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphwarden",
        abstract: "Watches Huawei Cloud GES graphs and restarts the ones that hang.",
        discussion: """
            Exit codes: 0 yes or done, 1 no or failed, 2 could not tell (the agent does not \
            answer, a file cannot be read), 64 wrong usage.
            """,
        version: BuildInformation.current.versionLines,
        subcommands: [
            RunCommand.self, DemoCommand.self, SimulateCommand.self, CheckCommand.self,
            TestCommand.self, WhyCommand.self, ExploreCommand.self,
        ]
    )
}
