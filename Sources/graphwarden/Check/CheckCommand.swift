import API
import Agent
import ArgumentParser
import Configuration

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Check configuration and rule files, what the cloud permits, and a running agent.",
        subcommands: [
            CheckConfigCommand.self, CheckRulesCommand.self, CheckWebConfigCommand.self,
            CheckPermissionsCommand.self, CheckMaintenanceCommand.self,
            CheckHealthyCommand.self,
        ]
    )
}

/// A replacement for `promtool check rules`: output and exit codes are promtool's, so that scripts
/// can switch. Additional findings use the same format.
struct CheckRulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check if rule files are valid, like promtool, with additional checks.",
        discussion: """
            Exit codes: 0 valid, 1 invalid, 2 a file cannot be read, 3 warnings with --lint-fatal, \
            64 wrong usage.
            """
    )

    @Argument(help: "The rule files to check; - or no file reads standard input.")
    var files: [String] = []

    @Option(help: "Linting checks to apply to the rules.")
    var lint = RuleFileCheck.Lint.all

    @Flag(help: "Make lint findings exit with status 3.")
    var lintFatal = false

    @OptionGroup var language: LanguageFlags

    func run() throws {
        let sources = (files.isEmpty ? ["-"] : files).map(RuleFileCheck.Source.argument)
        let checks = RuleFileCheck.check(sources, lint: lint, options: language.options.parser)
        for check in checks { show(check) }
        let worst = checks.map(\.exitCode).max() ?? 0
        if worst != 0 { throw ExitCode(worst) }
        if lintFatal, checks.contains(where: { !$0.warnings.isEmpty }) { throw ExitCode(3) }
    }

    /// The indentation and wording are promtool's.
    private func show(_ check: RuleFileCheck) {
        Terminal.output("Checking \(check.name)")
        if check.errors.isEmpty {
            Terminal.output("  SUCCESS: \(check.ruleCount) rules found")
        } else {
            Terminal.error("  FAILED:")
        }
        for line in check.errors + check.warnings { Terminal.error(line) }
        if check.duplicateCount > 0 {
            Terminal.error("lint error \(check.duplicateCount) duplicate rule(s) found.")
        }
        Terminal.output("")
    }
}

extension RuleFileCheck.Lint: ExpressibleByArgument {}

/// Loads the certificates too, because most mistakes are in the files that the web configuration
/// refers to. The output is that of `promtool check web-config`.
struct CheckWebConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web-config",
        abstract: "Check if web configuration files and their certificates are valid."
    )

    @Argument(help: "The web configuration files to check.")
    var files: [String]

    func run() throws {
        var worst: Int32 = 0
        for file in files {
            let check = WebConfigurationCheck.check(file)
            if check.exitCode == 0 {
                Terminal.output("\(file) SUCCESS")
            } else {
                Terminal.error("\(file) FAILED:")
            }
            for problem in check.problems { Terminal.error(problem) }
            worst = max(worst, check.exitCode)
        }
        if worst != 0 { throw ExitCode(worst) }
    }
}
