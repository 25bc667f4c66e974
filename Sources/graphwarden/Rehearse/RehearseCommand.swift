import ArgumentParser
import Files
import Glibc
import Rehearsal
import StrictYAML

/// Runs scenario files against a user's configuration and rules.
struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Rehearse scenarios in a simulated cloud, or one restart on the real service.",
        discussion: """
            A scenario file says what happens to a fleet and what the agent must and must not do; \
            the page "Scenario files" of the documentation describes the format. The whole agent \
            runs in virtual time, without sockets; hours take less than a second. Each scenario \
            runs with several seeds, which vary times, sizes, order and noise. With one seed, \
            prints what happened, what the agent believed and what it did.

            Without --config.file, the defaults apply, with every graph in mode auto and the rules \
            of rules/*.yml. With it, its rule_files apply; without any there are no rules. Of the \
            configuration, the section cloud, TLS of the data plane and the senders of the webhook \
            are replaced by those of the simulation.

            With --graph and no scenario, restarts that graph of the real service once, as the agent \
            does by order, follows and verifies it, and reports which assumptions about GES held. \
            The graph needs a tag, and the restart its name; see the page "Rehearsal" of the \
            documentation. Exit codes: 0 verified, 1 not sent or not verified, 2 unknown.

            Exit codes of scenarios: 0 every run ended as expected, 1 one did not or a file is invalid, 2 a \
            file cannot be read, 64 wrong usage.
            """
    )

    @Argument(help: "The scenario files.")
    var files: [String] = []

    @Option(
        name: .customLong("config.file"),
        help: "Path of the configuration file to rehearse; with --graph, graphwarden.yml."
    )
    var configurationFile: String?

    @Option(help: ArgumentHelp("How many seeds to run each scenario with.", valueName: "count"))
    var seeds = 1

    @Option(help: ArgumentHelp("The first seed.", valueName: "seed"))
    var seed = 1

    @Option(
        help: ArgumentHelp("How many runs to do at once; all processors.", valueName: "count")
    )
    var workers: Int?

    @Option(
        help: ArgumentHelp("File path to store JUnit XML test results.", valueName: "file")
    )
    var junit: String?

    @Option(
        help: ArgumentHelp(
            "File to store what the agent exported, as OpenMetrics text with times for"
                + " \"backtest\". Requires one scenario and one seed.",
            valueName: "file"
        )
    )
    var record: String?

    @OptionGroup var live: LiveRehearsalOptions

    private static let maximumSeeds = 100_000

    func validate() throws {
        guard files.isEmpty != (live.graph == nil) else {
            throw ValidationError("name scenario files, or a graph with --graph")
        }
        guard (1...Self.maximumSeeds).contains(seeds) else {
            throw ValidationError("--seeds must be 1 to \(Self.maximumSeeds)")
        }
        guard (1...Self.maximumSeeds).contains(seed) else {
            throw ValidationError("--seed must be 1 to \(Self.maximumSeeds)")
        }
        guard record == nil || files.count == 1 && seeds == 1 else {
            throw ValidationError("--record requires one scenario and one seed")
        }
        guard workers.map({ (1...1024).contains($0) }) ?? true else {
            throw ValidationError("--workers must be 1 to 1024")
        }
    }

    func run() async throws {
        if let graph = live.graph {
            return try await live.rehearse(graph, configurationFile ?? "graphwarden.yml")
        }
        var options = RehearsalOptions()
        options.configuration = try configuration()
        options.narrates = seeds == 1
        options.records = record != nil
        let batch = ScenarioBatch(
            try scenarios(),
            seeds: UInt64(seed)...UInt64(seed + seeds - 1),
            options: options,
            workers: workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        )
        let summaries = await batch.run()
        // Scenarios share the configuration, so they share most warnings.
        var warned: Set<String> = []
        for warning in summaries.flatMap(\.warnings) where warned.insert(warning).inserted {
            Terminal.error(warning)
        }
        for summary in summaries { print(summary) }
        if summaries.count > 1 || seeds > 1 {
            Terminal.output(ScenarioTable(summaries).lines.joined(separator: "\n"))
        }
        if let junit { try write(JUnitReport(summaries).text, to: junit) }
        if let record {
            try write(summaries.flatMap(\.outcomes).map(\.recording).joined(), to: record)
        }
        if !summaries.allSatisfy(\.hasPassed) { throw ExitCode(1) }
    }

    private func print(_ summary: ScenarioSummary) {
        if seeds == 1 {
            Terminal.output("\(summary.scenario.name): \(summary.scenario.summary)")
            for line in summary.outcomes.flatMap(\.narration) { Terminal.output("  \(line)") }
            Terminal.output(summary.hasPassed ? "  PASS\n" : "  FAIL\n")
        }
        for outcome in summary.failures {
            for problem in outcome.problems {
                Terminal.error("\(summary.scenario.file): seed \(outcome.seed): \(problem)")
            }
        }
    }

    private func configuration() throws -> YAMLDocument? {
        guard let configurationFile else { return nil }
        let text: String
        do {
            text = try TextFile.text(configurationFile)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
        let (document, issues) = YAMLDocument.parse(text, file: configurationFile)
        guard let document else {
            for issue in issues { Terminal.error("\(issue)") }
            throw ExitCode(1)
        }
        return document
    }

    private func scenarios() throws -> [Scenario] {
        var scenarios: [Scenario] = []
        var worst: Int32 = 0
        for file in files {
            do throws(ScenarioError) {
                scenarios.append(try Scenario.load(file))
            } catch {
                Terminal.error("\(error)")
                if case .unreadable = error { worst = 2 } else { worst = max(worst, 1) }
            }
        }
        if worst != 0 { throw ExitCode(worst) }
        return scenarios
    }

    private func write(_ text: String, to file: String) throws {
        do {
            try TextFile.write(text, to: file)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }
}
