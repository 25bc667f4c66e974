import API
import Agent
import ArgumentParser
import Configuration
import Cycle

/// Checks the configuration, its rule files and the files that they name, through the code of
/// `run`, so that a configuration that passes also loads. The web configuration has a command of
/// its own.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check if configuration files are valid, and print what the policy can do.",
        discussion: """
            Prints the timing that keeps restarts of one graph apart, and the worst case: the \
            maximum number of restarts and requests per hour and per day. With --graphs or --live \
            also prints for each graph the entry of graphs that applies, its mode and the rules \
            that can ask for its restart, and warns of entries, rules and breakers that have no \
            effect on these graphs.

            Exit codes: 0 valid, 1 invalid, 2 a file cannot be read or the cloud cannot be asked, \
            64 wrong usage.
            """
    )

    @Argument(help: "The configuration files to check.")
    var files: [String]

    @Option(
        name: .customLong("graphs"),
        help: ArgumentHelp(
            "A JSON file of graphs, as GES lists them or as \"graphwarden graphs -o json\" prints"
                + " them; - reads standard input.",
            valueName: "file"
        )
    )
    var graphFile: String?

    @Flag(help: "List the graphs from the cloud, and try the path to each that runs.")
    var live = false

    @OptionGroup var language: LanguageFlags

    func validate() throws {
        guard graphFile == nil || !live else {
            throw ValidationError("--graphs and --live exclude each other")
        }
    }

    func run() async throws {
        // Once: standard input is empty the second time.
        let listed = graphFile.map { file in
            Result { () throws(GraphFile.Failure) in try GraphFile.read(file) }
        }
        var worst: Int32 = 0
        for file in files {
            Terminal.output("Checking \(file)")
            var check = ConfigurationCheck.check(
                file,
                parser: language.options.parser,
                lookback: language.options.lookback
            )
            await addGraphs(listed, to: &check)
            for line in check.lines { Terminal.output("  \(line)") }
            for problem in check.problems { Terminal.error(problem) }
            Terminal.output(check.problems.isEmpty ? "  SUCCESS" : "  FAILED")
            // All files are checked; the worst result decides.
            worst = max(worst, check.exitCode)
        }
        if worst != 0 { throw ExitCode(worst) }
    }

    private func addGraphs(
        _ listed: Result<[ListedGraph], GraphFile.Failure>?,
        to check: inout ConfigurationCheck
    ) async {
        guard let loaded = check.loaded, listed != nil || live else { return }
        do {
            var subjects: [GraphCoverage.Subject] = []
            if let listed {
                subjects = try listed.get().map { GraphCoverage.Subject($0) }
            } else {
                let graphs = try await LiveGraphs.read(loaded.configuration)
                subjects = graphs.subjects
                if let shortfall = graphs.shortfall {
                    check.lines.append("warning: the listing lacks graphs: \(shortfall)")
                }
            }
            check.lines += GraphCoverage(loaded, subjects).lines
        } catch GraphFile.Failure.invalid(let text) {
            check.problems.append(text)
            check.exitCode = 1
        } catch {
            check.problems.append("\(error)")
            check.exitCode = 2
        }
    }
}
