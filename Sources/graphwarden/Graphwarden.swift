// graphwarden is the command line: one folder per command. A command parses its flags, calls the
// other targets, prints their results and sets the exit code.
//
// It must not contain decisions, protocols or file formats: those belong to the targets that it
// calls, where they can be tested without starting a process. Flags are named as in Prometheus and
// promtool where they have the same meaning. Results go to standard output, errors and warnings to
// standard error, so that output can be piped.

import API
import Agent
import ArgumentParser

@main
enum EntryPoint {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.first == RunCommand.configuration.commandName else {
            return await Graphwarden.main()
        }
        // Before anything else: a SIGHUP during startup must not kill the agent. Other commands
        // keep the default action, so that closing the terminal ends them.
        Signals.holdHangups()
        let line = RunLine.current
        line.explainMistakes()
        await Graphwarden.main(line.arguments)
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
            TestCommand.self, RehearseCommand.self, BacktestCommand.self, LedgerCommand.self,
            ExploreCommand.self,
            StatusCommand.self, GraphsCommand.self, WhyCommand.self, HistoryCommand.self,
            AlertsCommand.self, RulesCommand.self, RemediationsCommand.self, MetricsCommand.self,
            RestartCommand.self, ApproveCommand.self, RejectCommand.self, PauseCommand.self,
            ResumeCommand.self,
            AcknowledgeCommand.self, LabelCommand.self, ScorecardCommand.self,
            CompletionCommand.self,
        ]
    )
}
