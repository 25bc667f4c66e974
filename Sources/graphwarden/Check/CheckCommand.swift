import Configuration
import Agent
import ArgumentParser
import API

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check files before the agent meets them.",
        subcommands: [CheckConfigCommand.self, CheckRulesCommand.self, CheckWebConfigCommand.self]
    )
}

struct CheckConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check configuration files, and say what their policy can do at worst."
    )

    @Argument(help: "Configuration files.")
    var files: [String]

    @OptionGroup var language: LanguageFlags

    func run() throws {
        var worst: Int32 = 0
        for file in files {
            Terminal.say("Checking \(file)")
            let check = ConfigurationCheck.check(
                file,
                parser: language.options.parser,
                lookback: language.options.lookback
            )
            for line in check.lines { Terminal.say("  \(line)") }
            for problem in check.problems { Terminal.complain(problem) }
            Terminal.say(check.problems.isEmpty ? "  SUCCESS" : "  FAILED")
            worst = max(worst, check.exitCode)
        }
        if worst != 0 { throw ExitCode(worst) }
    }
}

struct CheckRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check rule files as promtool does, and what promtool misses.",
        discussion: """
            Exit codes: 0 no error, 1 an error, 2 a file cannot be read, 3 a warning and \
            --lint-fatal, 64 wrong usage.
            """
    )

    @Argument(help: "Rule files; - or none is the standard input.")
    var files: [String] = []

    @Option(help: "Which warnings to give.")
    var lint = RuleFileCheck.Lint.all

    @Flag(help: "End with status 3 if there are warnings.")
    var lintFatal = false

    @OptionGroup var language: LanguageFlags

    func run() throws {
        let sources = (files.isEmpty ? ["-"] : files).map(RuleFileCheck.Source.read)
        let checks = RuleFileCheck.check(sources, lint: lint, options: language.options.parser)
        for check in checks { show(check) }
        let worst = checks.map(\.exitCode).max() ?? 0
        if worst != 0 { throw ExitCode(worst) }
        if lintFatal, checks.contains(where: { !$0.warnings.isEmpty }) { throw ExitCode(3) }
    }

    private func show(_ check: RuleFileCheck) {
        Terminal.say("Checking \(check.name)")
        if check.errors.isEmpty {
            Terminal.say("  SUCCESS: \(check.ruleCount) rules found")
        } else {
            Terminal.complain("  FAILED:")
        }
        for line in check.errors + check.warnings { Terminal.complain(line) }
        if check.duplicateCount > 0 {
            Terminal.complain("lint error \(check.duplicateCount) duplicate rule(s) found.")
        }
        Terminal.say("")
    }
}

extension RuleFileCheck.Lint: ExpressibleByArgument {}

struct CheckWebConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web-config",
        abstract: "Check web configuration files, and the certificates that they name."
    )

    @Argument(help: "Web configuration files.")
    var files: [String]

    func run() throws {
        var worst: Int32 = 0
        for file in files {
            let check = WebConfigurationCheck.check(file)
            if check.exitCode == 0 {
                Terminal.say("\(file) SUCCESS")
            } else {
                Terminal.complain("\(file) FAILED:")
            }
            for problem in check.problems { Terminal.complain(problem) }
            worst = max(worst, check.exitCode)
        }
        if worst != 0 { throw ExitCode(worst) }
    }
}
