package import PromQL
import Files
package import Rules
import Series
package import StrictYAML
import Time

/// A configuration and the rule files that it names, read together.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    package var ruleFiles: [RuleFile]
    /// The maximum age of a sample that counts as the current value.
    package var lookback: Duration
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
        let reading = ConfigurationReader.read(
            try text(file),
            file: file,
            missingSecret: missingSecret
        )
        guard let configuration = reading.value else { throw .invalid(mistakes(reading.issues)) }
        let rules = RuleFileCheck.readings(
            FilePaths.matching(configuration.ruleFiles).map(RuleFileCheck.Source.read),
            options: parser
        )
        let ruleFiles = rules.compactMap(\.file)
        let issues = reading.issues + rules.flatMap { $0.issues + $0.duplicates }
        guard !issues.containsErrors else { throw .invalid(mistakes(issues)) }
        var loaded = LoadedConfiguration(
            configuration: configuration,
            ruleFiles: ruleFiles,
            lookback: lookback,
            warnings: issues
        )
        if let excess = loaded.retentionShortfall {
            loaded.warnings.append(
                YAMLIssue(file: file, mark: .start, message: excess, severity: .warning)
            )
        }
        return loaded
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
    /// at that interval.
    var retention: Duration {
        let reach = ruleFiles.map { $0.reach(lookback: lookback) }.max()
        let usual = SamplingConfiguration().interval
        let sampling = min(configuration.sampling.interval, usual)
        return max(reach ?? .zero, sampling * Int(Duration.seconds(3600) / usual))
    }

    private static func mistakes(_ issues: [YAMLIssue]) -> [YAMLIssue] {
        issues.filter { $0.severity == .error }
    }

    private static func text(_ file: String) throws(ConfigurationError) -> String {
        do {
            return try TextFile.text(file)
        } catch {
            throw .unreadable(error)
        }
    }
}
