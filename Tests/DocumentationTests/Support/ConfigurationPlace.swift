import Configuration
import Foundation
import StrictYAML

/// A folder with the files that the examples name, and configurations around one key.
struct ConfigurationPlace {
    struct Result {
        let errors: [String]
        /// What the configuration says, without the places in the file.
        let fingerprint: [String]
    }

    private let folder: URL

    /// What stands beside a key, by the path of its mapping.
    private static let siblings: [String: [(key: String, text: String)]] = [
        "": [("cloud", cloud)],
        "cloud": [
            ("region", "cn-north-4"), ("project_id", "abc"), ("credentials", "{metadata: {}}"),
        ],
        "cloud.credentials": [],
        "cloud.credentials.access_key": [("id_file", "ak"), ("secret_file", "sk")],
        "cloud.credentials.password": [
            ("domain", "d"), ("user", "u"), ("password_file", "password"),
        ],
        "graphs[]": [("match", "{name: n}")],
        "diagnosis.canaries[]": [
            ("network", "192.168.0.0/24"), ("address", "\"192.168.0.2:443\""),
        ],
        "webhook": [("alerts", "[A]")],
        "alertmanagers[]": [("url", "https://a.example.com")],
        "otlp": [("url", "https://a.example.com")],
        "ledger": [("etcd", "{endpoints: [\"https://etcd.example.com:2379\"]}")],
        "ledger.etcd": [("endpoints", "[\"https://etcd.example.com:2379\"]")],
        "maintenance[]": [
            ("name", "n"), ("scope", "{name: n}"), ("time_intervals", "[{weekdays: [sunday]}]"),
        ],
        "maintenance[].time_intervals[]": [("weekdays", "[sunday]")],
        "maintenance[].time_intervals[].times[]": [
            ("start_time", "\"00:00\""), ("end_time", "\"24:00\""),
        ],
    ]
    /// What keys need that others do not: a key of the mapping with this path.
    private static let partners: [String: (prefix: String, key: String, text: String)] = [
        "alertmanagers[].user": ("alertmanagers[]", "password_file", "password"),
        "alertmanagers[].password_file": ("alertmanagers[]", "user", "u"),
        "otlp.user": ("otlp", "password_file", "password"),
        "otlp.password_file": ("otlp", "user", "u"),
        "history.match": ("history", "url", "https://a.example.com"),
        "history.timeout": ("history", "url", "https://a.example.com"),
        "history.ca_file": ("history", "url", "https://a.example.com"),
        "history.token_file": ("history", "url", "https://a.example.com"),
        "history.user": ("history", "url", "https://a.example.com, password_file: password"),
        "history.password_file": ("history", "url", "https://a.example.com, user: u"),
        "ledger.etcd.user": ("ledger.etcd", "password_file", "password"),
        "ledger.etcd.password_file": ("ledger.etcd", "user", "u"),
        "ledger.etcd.cert_file": ("ledger.etcd", "key_file", "client.key"),
        "ledger.etcd.key_file": ("ledger.etcd", "cert_file", "ca.pem"),
        "remediation.breaker.hard.percent": ("remediation.breaker", "soft", "{percent: 5}"),
        "graphs[].breaker.hard.percent": ("graphs[].breaker", "soft", "{percent: 5}"),
    ]
    private static let cloud = "{region: cn-north-4, project_id: abc, credentials: {metadata: {}}}"

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let secrets = [
            "ak", "sk", "password", "token", "webhook_token", "alertmanager_token",
            "alertmanager_password", "etcd_password", "prometheus_token", "prometheus_password",
        ]
        for name in secrets { try write("0123456789abcdef0123456789abcdef", to: name) }
        try write(
            "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n",
            to: "client.key"
        )
        let certificate = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
        for name in ["ca.pem", "graphs-ca.pem", "client.pem", "etcd-ca.pem"] {
            try write(certificate, to: name)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ text: String, to name: String) throws {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600],
            ofItemAtPath: file.path
        )
    }

    /// Reads a configuration in which the key has a value, or in which nothing but the mappings
    /// around it stands.
    func read(_ path: [String], _ value: String?) -> Result {
        let file = folder.appending(path: "graphwarden.yml").path
        let partner = Self.partners[path.joined(separator: ".")]
        let text = Self.mapping("", path[...], value, partner)
        let reading = ConfigurationReader.read(text, file: file)
        let errors = reading.issues.filter { $0.severity == .error }.map(\.message)
        return Result(errors: errors, fingerprint: reading.value.map(Self.fingerprint) ?? errors)
    }

    /// Reads one or more sections of a file, with a cloud if they have none.
    func read(section text: String) -> [String] {
        let cloud = text.hasPrefix("cloud:") ? "" : "cloud: \(Self.cloud)\n"
        let file = folder.appending(path: "graphwarden.yml").path
        let here = (cloud + text).replacing("/etc/graphwarden/", with: "")
        return ConfigurationReader.read(here, file: file).issues
            .filter { $0.severity == .error }.map(\.message)
    }

    private static func mapping(
        _ prefix: String,
        _ path: ArraySlice<String>,
        _ value: String?,
        _ partner: (prefix: String, key: String, text: String)?
    ) -> String {
        var members = siblings[prefix] ?? []
        if let partner, partner.prefix == prefix { members.append((partner.key, partner.text)) }
        if let step = path.first {
            let key = step.replacing("[]", with: "")
            let full = prefix.isEmpty ? step : "\(prefix).\(step)"
            let rest = path.dropFirst()
            let below = rest.isEmpty ? value : mapping(full, rest, value, partner)
            let isItem = step.hasSuffix("[]") && !rest.isEmpty
            let inner = below.map { isItem ? "[\($0)]" : $0 }
            if let inner {
                members.removeAll { $0.key == key }
                members.append((key, inner))
            }
        }
        return "{" + members.map { "\($0.key): \($0.text)" }.joined(separator: ", ") + "}"
    }

    private static func fingerprint(_ configuration: Configuration) -> [String] {
        let sampling = configuration.sampling
        var text = ""
        func add(_ value: some Any) { dump(value, to: &text) }
        add(configuration.cloud)
        add(configuration.graphs)
        add(sampling)
        add(configuration.evaluationInterval)
        add(configuration.ruleFiles)
        add(configuration.defaultPolicy)
        add(configuration.webhook as Any)
        add(configuration.maintenance)
        add(configuration.alertmanagers)
        add(configuration.otlp as Any)
        add(configuration.sharedLedger as Any)
        add(configuration.history)
        // Sorted, because sets and dictionaries have no order.
        return text.split(separator: "\n").map(String.init).sorted()
    }
}
