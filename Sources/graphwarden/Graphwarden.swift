import API
import Agent
import ArgumentParser

// graphwarden is the command line: it parses flags, calls the other targets and prints their
// results. Decisions and protocols belong elsewhere; a command here is a few lines.

@main
enum EntryPoint {
    static func main() async {
        // Other commands keep the default, so that closing the terminal ends them.
        if CommandLine.arguments.dropFirst().first == "run" { Signals.holdHangups() }
        await Graphwarden.main()
    }
}

struct Graphwarden: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graphwarden",
        abstract: "Watches Huawei Cloud GES graphs and restarts the ones that hang.",
        discussion: """
            Exit codes: 0 yes or done, 1 no or failed, 2 unknown (the agent does not respond, a \
            file cannot be read), 64 wrong usage.
            """,
        version: BuildInformation.current.versionLines,
        subcommands: [
            RunCommand.self, DemoCommand.self, SimulateCommand.self, CheckCommand.self,
            TestCommand.self, WhyCommand.self, ExploreCommand.self,
        ]
    )
}
