import ArgumentParser
import Configuration
import Time
import Agent

/// The calendar of the maintenance windows of a configuration.
struct CheckMaintenanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maintenance",
        abstract: "Print when the maintenance windows of a configuration open and close.",
        discussion: """
            Prints the next ten openings and closings of each window, in the time zone of its \
            first time interval and in UTC. Exit codes: 0 valid, 1 invalid, 2 the file cannot be \
            read, 64 wrong usage.
            """
    )

    @Argument(help: "The configuration file.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "Print the calendar from this time on, instead of from now.",
            valueName: "RFC 3339 time"
        ),
        transform: { text in
            guard let time = Timestamp(rfc3339: text) else {
                throw ValidationError("\"\(text)\" is not a time such as 2026-03-28T12:00:00Z")
            }
            return time
        }
    )
    var at: Timestamp?

    func run() throws {
        let calendar = MaintenanceCalendar.check(file, at: at ?? AgentClock.system.now())
        for line in calendar.lines { Terminal.output(line) }
        for problem in calendar.problems { Terminal.error(problem) }
        if calendar.exitCode != 0 { throw ExitCode(calendar.exitCode) }
    }
}
