import Agent
import ArgumentParser

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

    func run() throws {
        var worst: Int32 = 0
        for file in files {
            Terminal.say("Checking \(file)")
            let check = ConfigurationCheck.check(file)
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
        abstract: "Check rule files as promtool does, and what promtool misses."
    )

    @Argument(help: "Rule files.")
    var files: [String]

    func run() throws {
        var worst: Int32 = 0
        for file in files {
            Terminal.say("Checking \(file)")
            let check = RuleFileCheck.check(file)
            if check.exitCode == 0 {
                Terminal.say("  SUCCESS: \(check.ruleCount) rules found")
            } else {
                Terminal.complain("  FAILED:")
            }
            for problem in check.problems { Terminal.complain(problem) }
            worst = max(worst, check.exitCode)
            Terminal.say("")
        }
        if worst != 0 { throw ExitCode(worst) }
    }
}

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
