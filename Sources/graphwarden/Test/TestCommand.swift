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

struct TestRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Run unit tests of rules, in the format of promtool test rules.",
        discussion: """
            Exit codes: 0 all tests passed, 1 a test failed or a file is wrong, 2 a file cannot be \
            read, 64 wrong usage.
            """
    )

    @Argument(help: "Files of unit tests.")
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "How far a value may be from the expected one, as a share of the larger one.",
            discussion: "0 compares bit by bit, as promtool does.",
            valueName: "ratio"
        )
    )
    var tolerance: Double = 0

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "Run only tests whose name this regular expression finds; repeatable.",
            valueName: "regex"
        )
    )
    var names: [String] = []

    @Option(help: ArgumentHelp("Write the results as JUnit XML.", valueName: "file"))
    var junit: String?

    @OptionGroup var language: LanguageFlags

    @Flag(help: "Accepted for promtool's sake: what differs is always shown line by line.")
    var diff = false

    func validate() throws {
        guard tolerance >= 0, tolerance.isFinite else {
            throw ValidationError("--tolerance must be 0 or more")
        }
        _ = try options()
    }

    func run() throws {
        let options = try options()
        var checks: [RuleTestCheck] = []
        for file in files {
            Terminal.say("Unit Testing:  \(file)")
            let check = RuleTestCheck.run(file, options: options)
            for problem in check.problems { Terminal.complain(problem) }
            Terminal.say(check.description + "\n")
            checks.append(check)
        }
        var worst = checks.map(\.exitCode).max() ?? 0
        if let junit {
            do {
                try TextFile.write(RuleTestCheck.junit(checks), to: junit)
            } catch {
                Terminal.complain("\(error)")
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
