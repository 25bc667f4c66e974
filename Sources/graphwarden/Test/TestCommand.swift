import Files
import Agent
import ArgumentParser

struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run unit tests.",
        subcommands: [TestRulesCommand.self]
    )
}

/// A replacement for `promtool test rules`: it accepts promtool's test files and flags.
struct TestRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Unit tests for rules, in the format of promtool test rules.",
        discussion: """
            Exit codes: 0 all tests passed, 1 a test failed or a file is invalid, 2 a file cannot \
            be read, 64 wrong usage.
            """
    )

    @Argument(help: "The unit test files.")
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "Allowed relative difference between a value and the expected one.",
            discussion: "0 requires equal values, as promtool does.",
            valueName: "ratio"
        )
    )
    var tolerance: Double = 0

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Only run tests whose name matches the regular expression. Repeatable.",
            valueName: "regex"
        )
    )
    var names: [String] = []

    @Option(
        help: ArgumentHelp("File path to store JUnit XML test results.", valueName: "file")
    )
    var junit: String?

    @OptionGroup var language: LanguageFlags

    @Flag(help: "Accepted for compatibility with promtool; differences are always printed.")
    var diff = false

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance must be 0 or more")
        }
        // Reports an invalid regular expression as wrong usage.
        _ = try options()
    }

    func run() throws {
        let options = try options()
        var checks: [RuleTestCheck] = []
        for file in files {
            Terminal.output("Unit Testing:  \(file)")
            let check = RuleTestCheck.run(file, options: options)
            for problem in check.problems { Terminal.error(problem) }
            Terminal.output(check.description + "\n")
            checks.append(check)
        }
        var worst = checks.map(\.exitCode).max() ?? 0
        if let junit {
            do {
                try TextFile.write(RuleTestCheck.junit(checks), to: junit)
            } catch {
                Terminal.error("\(error)")
                worst = 2
            }
        }
        if worst != 0 { throw ExitCode(worst) }
    }

    private func options() throws -> RuleTestOptions {
        do {
            return try RuleTestOptions(
                tolerance: tolerance,
                names: names,
                language: language.options
            )
        } catch {
            throw ValidationError("--run: \(error)")
        }
    }
}
