package import PromQL
import Files
package import Rules
import Series
package import StrictYAML
import Time

/// A configuration with the rule files that it names, all read at one moment.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    package var ruleFiles: [RuleFile]
    /// How old a sample may be to count as the current value.
    package var lookback: Duration
    /// What is allowed but worth a look.
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

    /// Reads the configuration and every rule file. Nothing of it is used unless all of it is
    /// right.
    ///
    /// - Parameter missingSecret: how bad it is when a file with a secret is not there. For a start
    ///   it may still come; a reload must not replace what works by what does not.
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
            configuration.ruleFiles.flatMap(FilePaths.matching).map(RuleFileCheck.Source.read),
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
        if let excess = loaded.excessOfHistory {
            loaded.warnings.append(
                YAMLIssue(file: file, mark: .start, message: excess, severity: .warning)
            )
        }
        return loaded
    }

    /// Rules that ask for more history than is kept would be evaluated over what there is.
    private var excessOfHistory: String? {
        let interval = min(configuration.sampling.interval, configuration.evaluationInterval)
        let limit = SeriesStore.usualSamplesPerSeries
        guard retention > interval * limit else { return nil }
        return "the rules ask for more history than the \(limit) samples that are kept of a series"
            + " that is written every \(interval.inSeconds) s; what is older is left out"
    }

    /// As much history as the rules can ask for, and an hour at least; of samples that come faster
    /// than usual no more than an hour has otherwise.
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
