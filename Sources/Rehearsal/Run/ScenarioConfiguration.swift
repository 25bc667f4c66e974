import Configuration
import Cycle
import InProcessCloud
import Rules
import StrictYAML

/// The configuration of a rehearsed agent: that of the user, or the defaults, with the scenario's
/// part laid over it. The cloud and how graphs are reached are always those of the simulation.
struct ScenarioConfiguration: Sendable {
    let options: RehearsalOptions
    let file: String

    private static let defaults = """
        graphs: [{match: {name: ".*"}, mode: auto}]
        sampling: {interval: 30s, timeout: 10s}
        evaluation_interval: 30s
        """

    /// A user's configuration without rule files has no rules, as in the agent.
    ///
    /// - Parameters:
    ///   - overlay: the scenario's part of the configuration.
    ///   - rules: the text of a rule file in place of those of the configuration.
    func load(_ overlay: YAMLNode?, rules: String?) throws -> LoadedConfiguration {
        var root = try options.configuration.map(Self.rehearsable) ?? Self.parse(Self.defaults)
        if let overlay { root = root.overlaid(with: Self.rehearsable(overlay)) }
        root = root.overlaid(with: try Self.parse(Self.simulated))
        let document = YAMLDocument(root: root, file: options.configuration?.file ?? file)
        let reading = ConfigurationReader.read(document)
        guard var configuration = reading.value else {
            let errors = reading.issues.filter { $0.severity == .error }
            throw SimulationError(text: errors.map(\.description).joined(separator: "\n"))
        }
        configuration.webhook = try Self.webhook(options.configuration?.root, overlay)
        let ruleFiles =
            if let rules {
                [try SimulationSettings.ruleFile(rules, file)]
            } else if options.configuration == nil, configuration.ruleFiles.isEmpty {
                try shippedRules()
            } else {
                try SimulationSettings.ruleFiles(configuration.ruleFiles)
            }
        return LoadedConfiguration(
            configuration: configuration,
            ruleFiles: ruleFiles,
            lookback: .seconds(300),
            // Of the defaults there is nothing that a user could change.
            warnings: options.configuration == nil
                ? [] : reading.issues.filter { $0.severity == .warning }
        )
    }

    /// Without any rule, every scenario with a restart would fail, and none would say why.
    private func shippedRules() throws -> [RuleFile] {
        let pattern = options.ruleFolder + "/*.yml"
        let files = try SimulationSettings.ruleFiles([pattern])
        guard !files.isEmpty else {
            throw SimulationError(
                text: "no rule file matches \(pattern); run the command where the rules are,"
                    + " or name them in rule_files of a configuration (--config.file)"
            )
        }
        return files
    }

    /// The project of every simulated cloud.
    private static let simulated = """
        cloud:
          region: cn-north-4
          project_id: 0123456789abcdef0123456789abcdef
          credentials: {metadata: {}}
        sampling:
          data_plane: {scheme: http, port: 8080, allow: [127.0.0.0/8]}
        """

    private static func parse(_ text: String) throws -> YAMLNode {
        let (document, issues) = YAMLDocument.parse(text, file: "rehearsal")
        guard let root = document?.root else { throw SimulationError(text: "\(issues)") }
        return root
    }

    private static func rehearsable(_ document: YAMLDocument) -> YAMLNode {
        rehearsable(document.root ?? .empty)
    }

    /// Without what a simulation replaces: the real cloud, TLS of the data plane, Alertmanagers,
    /// and the webhook, whose senders are not authenticated in a rehearsal.
    private static func rehearsable(_ root: YAMLNode) -> YAMLNode {
        root.keeping { !["cloud", "webhook", "alertmanagers"].contains($0) }.changing("sampling") {
            sampling in
            sampling.changing("data_plane") { dataPlane in
                dataPlane.keeping { !["ca_file", "fingerprint", "insecure"].contains($0) }
            }
        }
    }

    private static func webhook(
        _ base: YAMLNode?,
        _ overlay: YAMLNode?
    ) throws -> WebhookConfiguration? {
        guard let node = overlay?["webhook"] ?? base?["webhook"] else { return nil }
        guard let names = node["alerts"]?.words else {
            throw SimulationError(text: "webhook.alerts: expected a list of names")
        }
        return WebhookConfiguration(terms: WebhookTerms(alertnames: Set(names)))
    }
}
