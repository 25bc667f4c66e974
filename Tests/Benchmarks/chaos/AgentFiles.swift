import Foundation
import GESSimulator
import TestSupport

/// The files of one agent: configuration, rules, credentials and users.
struct AgentFiles {
    /// What agents may have different, and what they have not.
    struct Pace {
        let interval: String
        let timeout: String
        let evaluation: String
        let lease: String
        let rules: String
        let remediation: String

        /// For real time. A restart of the cloud takes two seconds.
        static let real = Pace(
            interval: "400ms",
            timeout: "600ms",
            evaluation: "400ms",
            lease: "3s",
            rules: HangRules.text(window: "2s", period: "400ms", stuck: "400ms"),
            remediation: """
                startup_grace: 1s
                  state_change_grace: 1s
                  evidence_timeout: 1s
                  restart_timeout: 20s
                  verify: {probes: 2, within: 20s}
                """
        )

        /// For time that passes a minute in each second: the time limits are those of a second.
        static let fast = Pace(
            interval: "15s",
            timeout: "15s",
            evaluation: "15s",
            lease: "120s",
            rules: HangRules.text(window: "80s", period: "15s", stuck: "30s"),
            remediation: """
                startup_grace: 30s
                  state_change_grace: 30s
                  evidence_timeout: 30s
                  restart_timeout: 20m
                  verify: {probes: 2, within: 10m}
                """
        )
    }

    let name: String
    let limits: Limits
    let isSigned: Bool
    let cloud: SimulatorConfiguration
    /// Where the agent reaches the cloud and etcd: its own relays.
    let managementPort: Int
    let dataPlanePort: Int
    let etcdPorts: [Int]

    static let authorization = "Basic \(Data("alice:secret".utf8).base64EncodedString())"

    func write(_ pace: Pace, to folder: URL) throws {
        let files = [
            ("access_key", cloud.accessKey + "\n"), ("secret_key", cloud.secretKey + "\n"),
            ("password", cloud.password + "\n"), ("web.yml", Self.users), ("rules.yml", pace.rules),
            ("graphwarden.yml", configuration(pace)),
        ]
        for (name, text) in files {
            let file = folder.appending(path: name)
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: file.path
            )
        }
    }

    /// A user `alice` with the password `secret`, hashed at the lowest cost.
    private static let users = """
        basic_auth_users:
          alice: "$2b$04$ncGmuiQnNZu0IPyA65GnjOzG9W5jKKrjvctnpvMEeBQcKMBFxW396"

        """

    private var credentials: String {
        isSigned
            ? "access_key: {id_file: access_key, secret_file: secret_key}"
            : "password: {domain: \(cloud.domain), user: \(cloud.user), password_file: password}"
    }

    private func configuration(_ pace: Pace) -> String {
        let management = "http://127.0.0.1:\(managementPort)"
        let etcd = etcdPorts.map { "\"http://127.0.0.1:\($0)\"" }.joined(separator: ", ")
        return """
            cloud:
              region: \(cloud.region)
              project_id: \(cloud.projectID)
              endpoints: {ges: "\(management)", iam: "\(management)"}
              credentials: {\(credentials)}
            graphs:
              - name: all
                match: {name: ".*"}
                mode: auto
            sampling:
              interval: \(pace.interval)
              timeout: \(pace.timeout)
              data_plane: {scheme: http, address: private, port: \(dataPlanePort), allow: [127.0.0.0/8]}
            diagnosis: {observe: 1s}
            evaluation_interval: \(pace.evaluation)
            rule_files: [rules.yml]
            ledger: {name: \(name), lease: \(pace.lease), etcd: {endpoints: [\(etcd)]}}
            remediation:
              \(pace.remediation)
              required_jobs: 0
              cooldown: \(limits.cooldownSeconds)s
              max_attempts: {1h: \(limits.attempts)}
              max_concurrent: \(limits.places)
              budget: {1h: \(limits.budget)}
              posts: {1h: 100}
              breaker: {soft: {graphs: 100}, hard: {graphs: 100}, within: 3s, settle: 1s}

            """
    }
}

/// The limits of the policy that a round checks.
struct Limits {
    let places: Int
    let budget: Int
    let attempts: Int
    let cooldownSeconds: Int
}
