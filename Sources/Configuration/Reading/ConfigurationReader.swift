import Files
import Cycle
import GES
import PromQL
import RE2
import Remediation
package import StrictYAML
import Time

/// Reads the configuration file. Relative paths start from its folder.
package enum ConfigurationReader {
    /// Reads and validates the text of a configuration file. The value is nil if and only if an
    /// issue is an error.
    package static func read(
        _ text: String,
        file: String,
        missingSecret: YAMLIssue.Severity = .error
    ) -> YAMLReading<Configuration> {
        let paths = FilePaths(configurationFile: file, missingSecret: missingSecret)
        return YAMLDocument.read(text, file: file, as: configuration(paths))
    }

    /// The same for a document that was parsed already.
    package static func read(
        _ document: YAMLDocument,
        missingSecret: YAMLIssue.Severity = .error
    ) -> YAMLReading<Configuration> {
        let paths = FilePaths(configurationFile: document.file, missingSecret: missingSecret)
        return document.read(as: configuration(paths))
    }

    /// The patterns of `rule_files`, as far as they can be read, whatever else is wrong.
    static func rulePatterns(_ text: String, file: String) -> [String] {
        let paths = FilePaths(configurationFile: file)
        var patterns: [String] = []
        _ = YAMLDocument.read(
            text,
            file: file,
            as: .mapping { reader in
                patterns = reader.value("rule_files", .list(of: rulePattern(paths)), default: [])
            }
        )
        return patterns
    }

    private static func configuration(_ paths: FilePaths) -> YAMLType<Configuration> {
        .mapping { reader in
            var configuration = Configuration(
                cloud: reader.required("cloud", CloudReader(paths: paths).cloud)
            )
            configuration.sections = Set(
                ["graphs", "remediation", "webhook", "maintenance", "alertmanagers"].filter {
                    !reader.isEmpty($0)
                }
            )
            let sampling = reader.optional("sampling", sampling(paths))
            configuration.sampling = sampling?.value ?? configuration.sampling
            configuration.marks.interval = sampling?.interval ?? reader.mark
            let interval = configuration.sampling.interval
            var defaults = reader.value(
                "remediation",
                .mapping { PolicyReader(base: Policy(), interval: interval).read($0) },
                default: Policy()
            )
            defaults.diagnosis = reader.value(
                "diagnosis",
                DiagnosisReader(base: defaults.diagnosis).type,
                default: defaults.diagnosis
            )
            configuration.defaultPolicy = defaults
            if defaults.verify == Policy().verify,
                let problem = PolicyReader.unmet(defaults.verify, interval: interval)
            {
                reader.context.report("remediation: \(problem)", at: configuration.marks.interval)
            }
            let entries = reader.value(
                "graphs",
                .list(of: .located(entry(defaults, interval)), count: 0...10_000),
                default: []
            )
            configuration.graphs = entries.map(\.value)
            refuseRepeatedNames(entries, reader)
            warnAboutShadows(entries, reader)
            configuration.evaluationInterval = reader.value(
                "evaluation_interval",
                .duration(in: shortestInterval...longestInterval),
                default: configuration.evaluationInterval
            )
            configuration.ruleFiles = reader.value(
                "rule_files",
                .list(of: rulePattern(paths), count: 0...1_000),
                default: []
            )
            configuration.webhook = reader.optional("webhook", WebhookReader(paths: paths).webhook)
            WebhookReader.checkToken(configuration, reader)
            configuration.marks.ruleFiles = reader.valueMark("rule_files")
            if configuration.ruleFiles.isEmpty, configuration.webhook == nil {
                reader.report("no rule_files: nothing is ever restarted", severity: .warning)
            }
            readOthers(into: &configuration, paths, reader)
            reportUnusedRung(configuration, reader)
            return configuration
        }
    }

    /// A file named literally must exist. A pattern may match no file, but that is reported as a
    /// warning: a typo would leave the agent without rules.
    private static func rulePattern(_ paths: FilePaths) -> YAMLType<String> {
        .nonEmptyString.noted { text in
            let isPattern = text.contains { "*?[".contains($0) }
            guard FilePaths.matching(paths.absolute(text)).isEmpty else { return nil }
            return isPattern
                ? (.warning, "matches no file") : (.error, "no such file")
        }.converted(placeholder: "") { text throws(YAMLProblem) in paths.clean(text) }
    }

    static let shortestInterval = Duration.milliseconds(50)
    static let longestInterval = Duration.seconds(3600)
    /// The last probe before a restart has to fit into `Intent.sendWindow`, or no graph that is
    /// silent would ever be restarted.
    static let longestTimeout = Intent.sendWindow / 2

    private static func reportUnusedRung(
        _ configuration: Configuration,
        _ reader: YAMLMappingReader
    ) {
        guard configuration.cloud.apiVersion == .v1,
            configuration.graphs.contains(where: {
                $0.policy.ladder.rungs.contains(.stopAndStart)
            })
        else { return }
        reader.report(
            "ladder: stop_and_start is never taken, because cloud.api_version v1 does not tell the"
                + " edition of a graph",
            severity: .warning
        )
    }

    private static func readOthers(
        into configuration: inout Configuration,
        _ paths: FilePaths,
        _ reader: YAMLMappingReader
    ) {
        let windows = reader.value(
            "maintenance",
            MaintenanceReader(zones: ZoneFiles.system).windows,
            default: []
        )
        MaintenanceReader.checkNames(windows, reader)
        configuration.maintenance = windows.map(\.value)
        let alertmanagers = reader.value(
            "alertmanagers",
            AlertmanagersReader(paths: paths).alertmanagers,
            default: []
        )
        AlertmanagersReader.checkURLs(alertmanagers, reader)
        configuration.alertmanagers = alertmanagers.map(\.value)
        configuration.otlp = reader.value("otlp", OTLPConfiguration.type(paths), default: nil)
        configuration.sharedLedger = reader.value(
            "ledger",
            SharedLedgerReader(paths: paths).ledger,
            default: nil
        )
        configuration.history = reader.value(
            "history",
            HistoryReader.history(paths),
            default: configuration.history
        )
    }

    private static func warnAboutShadows(
        _ entries: [YAMLLocated<GraphEntry>],
        _ reader: YAMLMappingReader
    ) {
        // Finding them takes quadratic time.
        for (shadowed, index) in ShadowedEntries.find(entries.prefix(1_000).map(\.value.match)) {
            reader.context.report(
                "graphs[\(shadowed)]: never applies, because the entry on line"
                    + " \(entries[index].mark.line) matches every graph that this one matches",
                at: entries[shadowed].mark,
                severity: .warning
            )
        }
    }

    private static func entry(_ defaults: Policy, _ interval: Duration) -> YAMLType<GraphEntry> {
        .mapping { reader in
            let match = reader.required("match", match("match"))
            var policy = PolicyReader(base: defaults, interval: interval, isEntry: true)
                .read(reader)
            policy.mode = reader.value("mode", .oneOf(Mode.self), default: .shadow)
            let name = reader.optional("name", entryName)
            if name == nil, policy.mode == .auto, policy.requirement != nil {
                reader.report(
                    "require needs a name: an entry that is inserted above would take over the"
                        + " scorecard of one without"
                )
            }
            return GraphEntry(name: name, match: match, policy: policy)
        }
    }

    /// Orders name an entry by it, so `#2` must stay free for entries without one.
    private static var entryName: YAMLType<String> {
        .nonEmptyString.checked { name in
            if name.hasPrefix("#") { return "must not begin with #: #2 is the second entry" }
            return name.utf8.count > 200 ? "longer than 200 bytes" : nil
        }
    }

    private static func refuseRepeatedNames(
        _ entries: [YAMLLocated<GraphEntry>],
        _ reader: YAMLMappingReader
    ) {
        var lines: [String: Int] = [:]
        for (index, entry) in entries.enumerated() {
            guard let name = entry.value.name else { continue }
            if let line = lines[name] {
                reader.context.report(
                    "graphs[\(index)].name: \"\(name)\" is the name of the entry on line \(line)"
                        + " too; a pause of it would mean both",
                    at: entry.mark
                )
            }
            lines[name] = entry.mark.line
        }
    }

    /// A selector of graphs, by the name of its key.
    static func match(_ key: String) -> YAMLType<GraphMatch> {
        .mapping { reader in
            var match = GraphMatch()
            match.id = reader.value("id", pattern, default: nil)
            match.name = reader.value("name", pattern, default: nil)
            for tag in reader.value("tags", .dictionary(of: pattern), default: []) {
                match.tags[tag.key] = tag.value
            }
            if ["id", "name", "tags"].allSatisfy(reader.isEmpty) {
                reader.report(
                    "\(key) needs a name, an id or tags; to match every graph, use name: \".*\""
                )
            }
            return match
        }
    }

    /// An RE2 pattern, anchored at both ends.
    private static var pattern: YAMLType<LabelValuePattern?> {
        YAMLType<LabelValuePattern?>.scalar("a regular expression", placeholder: nil) {
            text throws(YAMLProblem) in
            do {
                return try LabelValuePattern(text)
            } catch {
                throw YAMLProblem("\(error)\(globHint(text) ?? "")")
            }
        }.noted { pattern in
            pattern.flatMap { globHint($0.source) }.map {
                (.warning, "patterns are regular expressions, not globs\($0)")
            }
        }
    }

    /// `; did you mean ...?` for a pattern such as `prod-*` or `*-prod`, in which `*` stands alone
    /// or repeats an ordinary character.
    private static func globHint(_ pattern: String) -> String? {
        var meant = ""
        var isGlob = false
        // Whether the character before can be repeated in a regular expression that makes sense.
        var isRepeatable = false
        var isEscaped = false
        for character in pattern {
            let stands = character == "*" || character == "?" && "-_".contains(meant.last ?? "x")
            if stands, !isRepeatable, !isEscaped {
                isGlob = true
                meant += character == "*" ? ".*" : "."
            } else {
                meant.append(character)
            }
            isRepeatable = isEscaped || ".*+?)]}".contains(character)
            isEscaped = character == "\\" && !isEscaped
        }
        return isGlob ? "; did you mean \"\(meant)\"?" : nil
    }

    private typealias Sampling = (value: SamplingConfiguration, interval: YAMLMark)

    private static func sampling(_ paths: FilePaths) -> YAMLType<Sampling> {
        .mapping { reader in
            var sampling = SamplingConfiguration()
            sampling.interval = reader.value(
                "interval",
                .duration(in: shortestInterval...longestInterval),
                default: sampling.interval
            )
            sampling.timeout = reader.value(
                "timeout",
                .duration(in: .milliseconds(10)...longestTimeout),
                default: sampling.timeout
            )
            if sampling.timeout > sampling.interval {
                reader.report(
                    "the timeout \(PrometheusDuration.format(sampling.timeout)) is above the interval"
                        + " \(PrometheusDuration.format(sampling.interval)): while a graph does not"
                        + " answer, polls follow one another at the pace of the timeout",
                    at: reader.has("timeout") ? "timeout" : "interval",
                    severity: .warning
                )
            }
            sampling.probes = reader.value(
                "probes",
                .list(of: .oneOf(ProbeKind.self), count: 1...10),
                default: sampling.probes
            )
            let dataPlane = reader.optional("data_plane", DataPlaneReader(paths: paths).dataPlane)
            sampling.dataPlane = dataPlane?.address ?? sampling.dataPlane
            sampling.dataPlane.timeout = sampling.timeout
            sampling.dataPlaneCertificateAuthorityFile = dataPlane?.caFile
            sampling.dataPlaneFingerprint = dataPlane?.fingerprint
            sampling.cloudEye = reader.optional("cloud_eye", CloudEyeReader().cloudEye)
            let nodeMetrics = NodeMetricsReader().nodeMetrics
            sampling.nodeMetrics = reader.optional("node_metrics", nodeMetrics)
            return (sampling, reader.valueMark("interval"))
        }
    }
}
