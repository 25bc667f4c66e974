import Agent
import ArgumentParser
import Backtest
import Configuration
import Cycle
import Files
import GES
import Glibc
import History
import PromQL
import Rules
import Series
import StrictYAML
import Time

/// Replays recorded history through rules and policies.
struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Show what rules and a policy would have restarted over recorded history.",
        discussion: """
            Reads the samples that an agent keeps in history.db, also while it runs, or the \
            Prometheus of history.url in the configuration. Or what an agent exported: files of \
            OpenMetrics text with times, as "promtool tsdb dump-openmetrics" and "rehearse \
            --record" write them, or a Prometheus (--url). The same rules, diagnosis and gates as \
            in the agent decide. Nothing is sent.

            After a decision the graph is supposed to be restarted and to answer, until the \
            recording shows it well by itself: one hang leads to one restart, and places, budgets \
            and cool-downs are used up as if it had been sent. Where the recording shows a restart \
            within 3 minutes of the decision, the recording is followed instead. The modes shadow \
            and approve count as auto unless --as-configured is given. Received alerts, silences, \
            pauses and orders are not recorded and do not hold, and require has no effect.

            A decision was right if the graph did not answer within 10 minutes, or if its import, \
            export or clear made no progress to the end. It was not needed if the graph answered \
            sooner, was at work, or its operation ended by itself. A restart in the recording \
            within 10 minutes proves nothing, as the agent may have made it: then it is unknown.

            Exit codes: 0 done, 1 a configuration is invalid, 2 a file or the Prometheus cannot be \
            read, 64 wrong usage.
            """
    )

    @Argument(
        help: """
            The recordings: files of samples or of text; - reads text from standard input. Without \
            any, and without --url, it is history.url of the configuration, or else history.db in \
            --storage.path.
            """
    )
    var recordings: [String] = []

    @Option(
        name: .customLong("storage.path"),
        help: "Directory of history.db, as given to the agent; data if nothing else is given."
    )
    var storagePath: String?

    @Option(
        name: .customLong("config.file"),
        help: "Path of the configuration file. Repeatable: policies are compared side by side."
    )
    var configurationFiles: [String]

    @Option(
        name: .customLong("rules"),
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Rule files in place of those of the configurations.",
            valueName: "file"
        )
    )
    var ruleFiles: [String] = []

    @OptionGroup var range: BacktestRange

    @OptionGroup var prometheus: PrometheusOptions

    @Option(
        help: ArgumentHelp(
            "Only series that match, such as {instance=\"a:10355\"}. Repeatable: all must match.",
            valueName: "selector"
        )
    )
    var match: [String] = []

    @Flag(
        name: .customLong("as-configured"),
        help: "Keep the modes shadow and approve as they are."
    )
    var isAsConfigured = false

    @Option(name: [.customShort("o"), .customLong("format")], help: "Output format.")
    var format = BacktestFormat.table

    @Option(name: .customLong("output"), help: "File to write the report to.")
    var outputFile: String?

    func validate() throws {
        let sources = [prometheus.url != nil, !recordings.isEmpty, storagePath != nil]
        if sources.count(where: { $0 }) > 1 {
            throw ValidationError("recordings, --url and --storage.path exclude each other")
        }
        _ = try matchers()
        try range.validate()
    }

    private func matchers() throws -> [LabelMatcher] {
        try match.flatMap(Self.matchers)
    }

    private static func matchers(_ text: String) throws -> [LabelMatcher] {
        do {
            return try Expression.parseSelector(text).matchers
        } catch {
            throw ValidationError("--match \(text): \(error)")
        }
    }

    func run() async throws {
        let loaded = try configurationFiles.map { try load($0) }
        let start = AgentClock.system.elapsed()
        let bounds = try range.bounds(at: AgentClock.system.now())
        let recording = try await recording(loaded, bounds)
        var results: [BacktestResult] = []
        let began = AgentClock.system.elapsed()
        for (name, loaded) in loaded {
            let notes = RecordingNotes(recording, loaded, bounds).lines
            for note in notes { Terminal.error("\(name): \(note)") }
            var options = Replay.Options(loaded.cycleSettings) {
                ListedGraph.Status(GraphStatus(code: $0))
            }
            options.name = name
            options.supposesAuto = !isAsConfigured
            var replay = Replay(recording, options)
            var result = recording.judge(replay.run()) {
                ListedGraph.Status(GraphStatus(code: $0))
            }
            result.notes = notes + result.notes
            results.append(result)
        }
        let report = BacktestReport(
            results,
            readIn: began - start,
            replayedIn: AgentClock.system.elapsed() - began
        )
        try write(report.text(format))
        Terminal.error(report.speed)
    }

    private func load(_ file: String) throws -> (name: String, loaded: LoadedConfiguration) {
        do {
            var loaded = try LoadedConfiguration.load(file, missingSecret: .warning)
            if !ruleFiles.isEmpty { loaded.ruleFiles = try ruleFiles.map(Self.rules) }
            return (file, loaded)
        } catch let error as ConfigurationError {
            Terminal.error("\(error)")
            if case .unreadable = error { throw ExitCode(2) }
            throw ExitCode(1)
        }
    }

    private static func rules(_ file: String) throws -> RuleFile {
        let text: String
        do {
            text = try TextFile.text(file)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
        let reading = RuleFile.read(text, file: file, options: ParserOptions())
        guard let rules = reading.file else {
            for issue in reading.issues { Terminal.error("\(issue)") }
            throw ExitCode(1)
        }
        return rules
    }

    private func recording(
        _ loaded: [(name: String, loaded: LoadedConfiguration)],
        _ bounds: (Timestamp, Timestamp)
    ) async throws -> FleetRecording {
        var options = RecordingReader.Options()
        options.matchers = try matchers()
        (options.from, options.to) = bounds
        options.leftOut = Self.unread(loaded.flatMap(\.loaded.ruleFiles))
        if !loaded.contains(where: \.loaded.cycleSettings.readsCloudEye) {
            options.leftOut.formUnion(GraphMetric.ofCloudEye)
        }
        if let source = try prometheus.source { return try await source.read(options) }
        let sources = loaded.compactMap(\.loaded.configuration.history.source)
        if recordings.isEmpty, storagePath == nil, let source = sources.first {
            Terminal.error("reading from history.url, \(source.url)")
            options.matchers += try source.match.map(Self.matchers) ?? []
            return try await PrometheusRecording(source).read(options)
        }
        return try RecordedFiles(recordings.isEmpty ? [try history()] : recordings).read(options)
    }

    /// The file of samples in the storage directory.
    private func history() throws -> String {
        let path = RecordedHistory.path(inFolder: storagePath ?? "data")
        guard RecordedHistory.isDatabase(path) else {
            Terminal.error(
                "\(path) is no file of samples that can be read; name a recording, the directory of an"
                    + " agent with --storage.path, or a Prometheus with --url"
            )
            throw ExitCode(2)
        }
        return path
    }

    /// Metrics that change with every poll and that only rules would read.
    private static func unread(_ files: [RuleFile]) -> Set<GraphMetric> {
        let names = files.flatMap(\.groups).flatMap(\.rules).flatMap(\.expression.selectors)
            .map(\.name)
        // A selector without a name may select it too.
        let mayRead = names.contains { $0.isEmpty || $0 == GraphMetric.probeDuration.rawValue }
        return mayRead ? [] : [.probeDuration]
    }

    private func write(_ text: String) throws {
        guard let outputFile else { return Terminal.outputUnescaped(text + "\n") }
        do {
            try TextFile.write(text + "\n", to: outputFile)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(2)
        }
    }
}
