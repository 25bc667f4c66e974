package import PromQL
import Files
package import Rules
import Series
package import StrictYAML
import Time

/// A configuration and the rule files that it names, read together.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    /// The text of the configuration file.
    package var text = ""
    /// Equal for configurations and rules that decide alike, see `PolicyFingerprint`; empty for an
    /// agent that shares its fleet with no other.
    package var policyHash = ""
    package var ruleFiles: [RuleFile]
    /// The maximum age of a sample that counts as the current value.
    package var lookback: Duration
    /// For the templates of rules; empty if the agent knows none.
    package var externalURL = ""
    /// Findings that do not prevent the use of the files.
    package var warnings: [YAMLIssue]

    package init(
        configuration: Configuration,
        ruleFiles: [RuleFile],
        lookback: Duration,
        warnings: [YAMLIssue]
    ) {
        self.configuration = configuration
        self.ruleFiles = ruleFiles
        self.lookback = lookback
        self.warnings = warnings
    }

    /// Reads the configuration and every rule file. Throws if any of them is invalid, so that a
    /// reload takes effect entirely or not at all.
    ///
    /// - Parameter missingSecret: the severity of a missing secret file. A warning at startup,
    ///   because the file may still appear; an error on reload, which must not replace a working
    ///   configuration by one that does not work.
    package static func load(
        _ file: String,
        parser: ParserOptions = ParserOptions(),
        lookback: Duration = .seconds(300),
        missingSecret: YAMLIssue.Severity = .error
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let (loaded, issues) = try examine(
            file,
            parser: parser,
            lookback: lookback,
            missingSecret: missingSecret
        )
        guard let loaded else { throw .invalid(issues.filter { $0.severity == .error }) }
        return loaded
    }

    /// Like `load`, with every finding, each once.
    ///
    /// - Returns: nil and at least one error, or the configuration.
    static func examine(
        _ file: String,
        parser: ParserOptions,
        lookback: Duration,
        missingSecret: YAMLIssue.Severity = .error
    ) throws(ConfigurationError) -> (LoadedConfiguration?, [YAMLIssue]) {
        let text = try text(file)
        let reading = ConfigurationReader.read(text, file: file, missingSecret: missingSecret)
        // The rule files of an invalid configuration are checked too.
        let patterns =
            reading.value?.ruleFiles ?? ConfigurationReader.rulePatterns(text, file: file)
        let sources = FilePaths.matching(patterns).map(RuleFileCheck.Source.read)
        let rules = RuleFileCheck.readings(sources, options: parser)
        var seen: Set<YAMLIssue> = []
        var issues = (reading.issues + rules.flatMap { $0.issues + $0.duplicates })
            .filter { seen.insert($0).inserted }
        guard let configuration = reading.value, !issues.containsErrors else {
            return (nil, issues)
        }
        var loaded = LoadedConfiguration(
            configuration: configuration,
            ruleFiles: rules.compactMap(\.file),
            lookback: lookback,
            warnings: []
        )
        let cautions = loaded.cautions.map { mark, message in
            YAMLIssue(file: file, mark: mark, message: message, severity: .warning)
        }
        // In the order of the file; the findings about rule files follow.
        issues =
            (issues.prefix { $0.file == file } + cautions).sorted { $0.mark < $1.mark }
            + issues.drop { $0.file == file }
        loaded.text = text
        if configuration.sharedLedger != nil {
            loaded.policyHash = PolicyFingerprint.hash(
                loaded,
                parser: parser,
                rules: sources.compactMap(\.text)
            )
        }
        loaded.warnings = issues
        return (loaded, issues)
    }

    /// What is doubtful about the configuration and the rule files together.
    private var cautions: [(YAMLMark, String)] {
        let marks = configuration.marks
        var cautions: [(YAMLMark, String)] = []
        if configuration.webhook == nil, !ruleFiles.isEmpty,
            ruleFiles.allSatisfy({ $0.groups.allSatisfy(\.rules.isEmpty) })
        {
            cautions.append((marks.ruleFiles, "rule_files: no rules: nothing is ever restarted"))
        }
        if let excess = retentionShortfall { cautions.append((marks.interval, excess)) }
        let interval = configuration.sampling.interval
        let short = RuleWindowCheck.findings(ruleFiles, interval: interval, lookback: lookback)
        if let first = short.first {
            let others = short.count == 1 ? "" : "; so do \(short.count - 1) other rules"
            cautions.append(
                (
                    marks.interval,
                    "sampling.interval: \(PrometheusDuration.format(interval)) is too long for the"
                        + " rules: \(first)\(others)"
                )
            )
        }
        return cautions
    }

    /// A warning if rules select a longer range than the store retains: they would be evaluated
    /// over the samples that remain.
    private var retentionShortfall: String? {
        let interval = min(configuration.sampling.interval, configuration.evaluationInterval)
        let limit = SeriesStore.usualSamplesPerSeries
        guard retention > interval * limit else { return nil }
        return "the rules need more history than the \(limit) samples that are kept per series;"
            + " at one sample every \(interval.inSeconds) s, older samples are dropped"
    }

    /// How long samples are kept: as long as the rules need, and at least one hour. If samples come
    /// faster than at the default interval, the minimum is the number of samples that one hour has
    /// at that interval. Values of Cloud Eye and of nodes are old when they come, so they need more.
    var retention: Duration {
        let reach = ruleFiles.map { $0.reach(lookback: lookback) }.max()
        let usual = SamplingConfiguration().interval
        let sampling = min(configuration.sampling.interval, usual)
        let readsDelayed =
            configuration.sampling.cloudEye != nil || configuration.sampling.nodeMetrics != nil
        let delay = readsDelayed ? SeriesStore.longestDelay + lookback : .zero
        return max(
            (reach ?? .zero) + delay,
            sampling * Int(Duration.seconds(3600) / usual),
            delay * 2
        )
    }

    private static func text(_ file: String) throws(ConfigurationError) -> String {
        do {
            return try TextFile.text(file)
        } catch {
            throw .unreadable(error)
        }
    }
}
