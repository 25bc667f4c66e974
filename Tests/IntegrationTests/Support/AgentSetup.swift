import Foundation
import GESSimulator
import TestSupport
import Testing

/// The agent's configuration in a test.
struct AgentSetup: Sendable, CustomTestStringConvertible {
    enum Credentials: String, Sendable, CaseIterable {
        case password, token, accessKey, metadata
    }

    var apiVersion = "v2"
    var credentials = Credentials.password
    var hang = HangKind.unresponsive
    var mode = "auto"
    var graphs = 5
    /// The name of the entry that covers every graph, under which it can be paused.
    static let entry = "all"
    /// The timeout of a read or a probe.
    var timeout = "1s"
    /// The port on which the agent expects the data plane; nil for the actual one.
    var dataPlanePort: Int?
    /// The content of `sampling.cloud_eye`; nil without it.
    var cloudEye: String?
    /// The content of `sampling.node_metrics`; nil without it.
    var nodeMetrics: String?
    var startupGrace = "1s"
    var restartTimeout = "20s"
    /// Extra keys of `remediation`, one YAML line each.
    var remediation: [String] = []
    /// The alerts that the webhook accepts; nil without a webhook. With a webhook, no rule of the
    /// agent requests a restart.
    var webhook: [String]?
    /// Whether persons can give orders.
    var acceptsOrders = false
    static let webConfiguration = "--web.config.file=web.yml"
    static let authorization = "Basic \(Data("alice:secret".utf8).base64EncodedString())"

    /// The flags that the setup needs.
    var arguments: [String] {
        acceptsOrders ? ["--web.enable-admin-api", Self.webConfiguration] : []
    }

    /// A user `alice` with the password `secret`, hashed at the lowest cost.
    static let users = """
        basic_auth_users:
          alice: "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

        """

    /// Extra files beside the configuration, by name.
    var files: [String: String] = [:]
    /// Extra sections, as YAML.
    var sections: [String] = []
    static let webhookToken = "a-token-of-at-least-16-bytes"

    var testDescription: String {
        "\(apiVersion), \(credentials.rawValue), \(hang.rawValue)"
    }

    /// The pace of these tests: a restart takes two seconds.
    static var fleet: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.timeScale = 0.01
        // At this pace every operation would be shorter than what is normal.
        configuration.pastJobs = 0
        return configuration
    }

    /// Writes configuration, credentials and rules to the folder.
    func write(to scratch: Scratch, for cloud: SimulatedCloudServer) throws {
        try writeCredentials(to: scratch, for: cloud)
        try scratch.write(webhook == nil ? Self.rules : "groups: []\n", to: "rules.yml")
        try scratch.write(Self.webhookToken + "\n", to: "webhook_token")
        if acceptsOrders { try scratch.write(Self.users, to: "web.yml") }
        for (name, text) in files { try scratch.write(text, to: name) }
        try scratch.write(configuration(for: cloud), to: "graphwarden.yml")
    }

    private func writeCredentials(
        to scratch: Scratch,
        for cloud: SimulatedCloudServer
    ) throws {
        let settings = cloud.configuration
        try scratch.write(settings.password + "\n", to: "password")
        try scratch.write(settings.accessKey + "\n", to: "access_key")
        try scratch.write(settings.secretKey + "\n", to: "secret_key")
        let token = cloud.withCloud { cloud, now in cloud.issueToken(at: now) }
        try scratch.write(token + "\n", to: "token")
    }

    private func configuration(for cloud: SimulatedCloudServer) -> String {
        let settings = cloud.configuration
        return """
            cloud:
              region: \(settings.region)
              project_id: \(settings.projectID)
              api_version: \(apiVersion)
              endpoints:
                ges: \(cloud.endpoints.management)
                iam: \(cloud.endpoints.management)
                metadata: \(cloud.endpoints.management)
                ces: \(cloud.endpoints.management)
              credentials: {\(credentialsLine(settings))}
            graphs:
              - name: \(Self.entry)
                match: {name: ".*"}
                mode: \(mode)
            sampling:
              interval: 250ms
              timeout: \(timeout)
              data_plane: {scheme: http, address: private, port: \(dataPlanePort ?? cloud.endpoints.dataPlanePort), allow: [127.0.0.0/8]}
            \(cloudEye.map { "  cloud_eye: \($0)" } ?? "")
            \(nodeMetrics.map { "  node_metrics: \($0)" } ?? "")
            evaluation_interval: 250ms
            rule_files: [rules.yml]
            remediation:
              startup_grace: \(startupGrace)
              state_change_grace: 1s
              evidence_timeout: 5s
              restart_timeout: \(restartTimeout)
              verify: {probes: 2, within: 60s}
              breaker: {settle: 1s}
              required_jobs: 0
            \(remediation.map { "  \($0)\n" }.joined())
            \(webhookLine)
            \(sections.map { "\($0)\n" }.joined())
            """
    }

    private var webhookLine: String {
        guard let webhook else { return "" }
        return "webhook: {alerts: [\(webhook.joined(separator: ", "))], token_file: webhook_token}"
    }

    private func credentialsLine(_ settings: SimulatorConfiguration) -> String {
        switch credentials {
        case .password:
            "password: {domain: \(settings.domain), user: \(settings.user),"
                + " password_file: password}"
        case .token: "token: {file: token}"
        case .accessKey: "access_key: {id_file: access_key, secret_file: secret_key}"
        case .metadata: "metadata: {}"
        }
    }

    /// The windows cover several polls, even on a busy machine where each poll waits for a hanging
    /// graph.
    static let rules = HangRules.text(window: "4s", period: "500ms", stuck: "1s")
}
