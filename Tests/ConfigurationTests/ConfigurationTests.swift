import Cycle
import Diagnosis
import CycleFixtures
import Files
import Foundation
import GES
import Remediation
import StrictYAML
import Testing

@testable import Configuration

/// The minimal configuration file.
private let minimal = """
    cloud:
      region: cn-north-4
      project_id: 0123456789abcdef0123456789abcdef
      credentials:
        token: {file: hostname}

    """

private func read(_ text: String) -> YAMLReading<Configuration> {
    ConfigurationReader.read(text, file: "/etc/graphwarden.yml")
}

/// The policy as the cycle applies it.
private func policyInForce(_ configuration: Configuration, _ graph: ListedGraph) -> Policy? {
    LoadedConfiguration(
        configuration: configuration,
        ruleFiles: [],
        lookback: .seconds(300),
        warnings: []
    ).cycleSettings.policy(for: graph)
}

@Suite("The configuration file")
struct ConfigurationTests {
    @Test("has a safe default for everything but the cloud")
    func defaults() throws {
        let reading = read(minimal)
        #expect(reading.issues.map(\.severity) == [.warning, .warning])
        let messages = reading.issues.map(\.message)
        #expect(messages.contains("no rule_files: nothing is ever restarted"))
        // A secret that is world-readable.
        #expect(
            messages.contains { $0.contains("/etc/hostname: contains a secret but is readable") }
        )
        let configuration = try #require(reading.value)
        #expect(configuration.sampling.interval == .seconds(30))
        #expect(configuration.sampling.timeout == .seconds(10))
        #expect(configuration.evaluationInterval == .seconds(30))
        #expect(configuration.defaultPolicy == Policy())
        #expect(configuration.cloud.apiVersion == .v2)
        #expect(
            "\(configuration.cloud.endpoints.ges)" == "https://ges.cn-north-4.myhuaweicloud.com"
        )
        let graph = ReadingsFixture.graph("1", name: "prod-a")
        #expect(policyInForce(configuration, graph) == nil)
    }

    @Test(
        "counts a reading as stale after three polls, which take the timeout if that is longer",
        arguments: [("30s", "10s", 100), ("10s", "10s", 40), ("10s", "30s", 120)]
    )
    func freshness(interval: String, timeout: String, seconds: Int) throws {
        let text = minimal + "sampling: {interval: \(interval), timeout: \(timeout)}\n"
        let configuration = try #require(read(text).value)
        #expect(configuration.sampling.freshness == .seconds(seconds))
    }

    @Test("gives each graph the policy of the first entry that matches")
    func firstMatch() throws {
        let reading = read(
            minimal + """
                remediation: {cooldown: 2h, max_concurrent_per_path: 1}
                graphs:
                  - match: {name: "prod-.*", tags: {env: prod}}
                    mode: auto
                    kill_budget: {24h: 20h, 1h: 6h}
                    max_concurrent: 2
                  - match: {name: "prod-.*"}

                """
        )
        let configuration = try #require(reading.value, "\(reading.issues)")
        var graph = ReadingsFixture.graph("1", name: "prod-a")
        #expect(policyInForce(configuration, graph)?.mode == .shadow)
        graph.tags = ["env": "prod"]
        let policy = try #require(policyInForce(configuration, graph))
        #expect(policy.mode == .auto)
        #expect(policy.maxConcurrent == 2)
        #expect(policy.cooldown == .seconds(7200))
        #expect(policy.maxConcurrentPerPath == 1)
        #expect(
            policy.killBudget == [
                KillLimit(window: .seconds(3600), work: .seconds(6 * 3600)),
                KillLimit(window: .seconds(86_400), work: .seconds(20 * 3600)),
            ]
        )
        graph.name = "a-prod-a"
        #expect(policyInForce(configuration, graph) == nil)
    }

    @Test("resolves relative paths against its own folder")
    func paths() throws {
        let configuration = try #require(
            read(minimal + "rule_files: [rules/*.yml, /no/*.yml]\n").value
        )
        #expect(configuration.ruleFiles == ["/etc/rules/*.yml", "/no/*.yml"])
        #expect(configuration.cloud.credentials == .token(file: "/etc/hostname"))
    }

    @Test(
        "reports every mistake with its place",
        arguments: [
            ("sampling: {intervall: 30s}", "6:12", "did you mean \"interval\""),
            ("sampling: {interval: 30}", "6:22", "not a valid duration"),
            ("sampling: {timeout: 31s}", "6:21", "30s"),
            ("sampling: {probes: [versoin]}", "6:21", "did you mean \"version\""),
            ("graphs: [{match: {}}]", "6:18", "name: \".*\""),
            ("graphs: [{match: {tags: {}}}]", "6:18", "name: \".*\""),
            ("graphs: [{match: {name: \"(\"}}]", "6:25", "missing"),
            ("graphs: [{match: {name: a}, mode: on}]", "6:35", "off, shadow, approve, auto"),
            ("remediation: {max_attempts: {6x: 1}}", "6:29", "not a duration"),
            ("remediation: {budget: {1h: many}}", "6:28", "whole number"),
            ("remediation: {cooldown: -1h}", "6:25", "duration"),
            ("remediation: {posts: {}}", "6:22", "at least one window"),
            ("remediation: {breaker: {within: 0s}}", "6:15", "longer than 0s"),
            ("remediation: {breaker: {settle: 8d}}", "6:15", "between 0s and"),
            ("remediation: {breaker: {settel: 1m}}", "6:25", "did you mean \"settle\""),
            ("remediation: {require: {precision: 1.5}}", "6:36", "1"),
            ("remediation: {require: {decisions: -1}}", "6:36", "0 to 200"),
            ("remediation: {require: {decisions: 201}}", "6:36", "0 to 200"),
            ("remediation: {require: {precison: 0.9}}", "6:25", "did you mean \"precision\""),
            ("remediation: {require: 0.95}", "6:24", "mapping"),
            ("remediation: {diagnosis: {}}", "6:15", "unknown key"),
            ("diagnosis: {readings: 0}", "6:23", "1"),
            ("diagnosis: {gap: 0s}", "6:18", "must be 1s to 1d"),
            ("diagnosis: {job_limit: 2d}", "6:24", "must be 1s to 1d"),
            ("diagnosis: {canaries: [{network: n, address: \"10.0.0.2:1\"}]}", "6:34", "CIDR"),
            (
                "diagnosis: {canaries: [{network: 10.0.0.1/8, address: \"10.0.0.2:1\"}]}", "6:34",
                "CIDR"
            ),
            ("diagnosis: {canaries: [{network: 10.0.0.0/8, address: 10.0.0.2}]}", "6:55", "a port"),
            ("diagnosis: {canaries: [{network: 10.0.0.0/8, address: \"a:443\"}]}", "6:55", "IP"),
            ("diagnosis: {canaries: [{network: 10.0.0.0/8}]}", "6:24", "address"),
            ("maintenance: [{name: night}]", "6:15", "missing key \"scope\""),
            ("maintenance: [{name: n, scope: {}, time_intervals: []}]", "6:32", "name: \".*\""),
            ("maintenance: [{name: n, time_intervals: []}]", "6:41", "expected 1"),
            ("maintenance: [{time_intervals: [{weekdays: []}]}]", "6:44", "expected 1"),
            ("maintenance: [{time_intervals: [{weekdays: [mon]}]}]", "6:45", "monday:friday"),
            ("maintenance: [{time_intervals: [{years: ['2030:2029']}]}]", "6:42", "ends before"),
            ("maintenance: [{time_intervals: [{days_of_month: [0]}]}]", "6:50", "day of the month"),
            (
                "maintenance: [{time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}]}]",
                "6:42", "to 24:00 and the second from 00:00"
            ),
            (
                "maintenance: [{time_intervals: [{times: [{start_time: '9:00'}]}]}]", "6:42",
                "end_time"
            ),
            ("maintenance: [{time_intervals: [{location: Europe/Berln}]}]", "6:44", "no such zone"),
            ("maintenance: [{time_intervals: [{location: ../etc}]}]", "6:44", "IANA"),
            ("maintenance: [{time_intervals: [{location: Europe}]}]", "6:44", "Europe"),
            ("maintenance: [{time_intervals: [{lokation: UTC}]}]", "6:34", "\"location\""),
            ("alertmanagers: [{url: 9093}]", "6:23", "must start with https://"),
            ("alertmanagers: [{url: \"http://a\", user: u}]", "6:17", "need each other"),
            (
                "alertmanagers: [{url: \"http://a\", token_file: /no/such}]", "6:47",
                "cannot be opened"
            ),
            ("alertmanagers: [{url: \"http://a\"}, {url: \"http://a/\"}]", "6:36", "twice"),
            ("alertmanagers: [{url: \"http://a\", timeout: 2m}]", "6:44", "must be 10ms to 1m"),
            ("webhook: {}", "6:10", "missing key \"alerts\""),
            ("webhook: {alerts: []}", "6:19", "expected 1"),
            ("webhook: {alerts: [\"\"]}", "6:20", "must not be empty"),
            ("webhook: {alerts: [A], tokenfile: x}", "6:24", "did you mean \"token_file\""),
            ("webhook: {alerts: [A], token_file: /no/such}", "6:36", "cannot be opened"),
            ("webhook: {alerts: [A], expire_after: 0s}", "6:38", "must be 1s to 1w"),
            ("rule_files: [/no/such.yml]", "6:14", "no such file"),
            ("evaluation_interval: 0s", "6:22", "must be 50ms to 1h"),
            ("sampling: {data_plane: {ca_file: none.pem}}", "6:34", "/etc/none.pem: No such file"),
            ("sampling: {data_plane: {ca_file: hostname}}", "6:34", "contains no PEM certificate"),
            ("sampling: {data_plane: {allow: [127.0.0.1/8]}}", "6:33", "CIDR notation"),
            ("sampling: {data_plane: {allow: [localhost]}}", "6:33", "CIDR notation"),
            ("sampling: {data_plane: {insecure: 1}}", "6:35", "true or false"),
            ("sampling: {data_plane: {fingerprint: ab}}", "6:38", "64 hexadecimal digits"),
        ]
    )
    func mistakes(line: String, place: String, hint: String) throws {
        let reading = read(minimal + line + "\n")
        #expect(reading.value == nil)
        let issue = try #require(
            reading.issues.first { "\($0)".contains(":\(place):") },
            "\(reading.issues)"
        )
        #expect("\(issue)".contains(hint), "\(issue)")
    }

    @Test(
        "warns about endpoints that receive credentials over plain http",
        arguments: [
            ("ges: http://ges.example.com", "ges"), ("iam: http://10.0.0.1:8080", "iam"),
            ("ges: https://ges.example.com", nil), ("iam: http://127.0.0.1:8080", nil),
            ("iam: http://localhost", nil), ("iam: 'http://[::1]:80'", nil),
            ("metadata: http://169.254.169.254", nil), ("metadata: 'http://[fe80::1]'", nil),
            ("metadata: http://203.0.113.5", "metadata"), ("metadata: http://10.0.0.1", "metadata"),
            ("metadata: http://metadata.example.com", "metadata"),
            ("metadata: https://metadata.example.com", nil),
            ("ces: http://ces.example.com", "ces"), ("ces: https://ces.example.com", nil),
        ] as [(String, String?)]
    )
    func plainEndpoints(endpoint: String, key: String?) throws {
        let reading = read(
            minimal.replacing("north-4", with: "north-4\n  endpoints: {\(endpoint)}")
        )
        let warnings = reading.issues.filter { "\($0)".contains("over plain http") }
        #expect(warnings.count == (key == nil ? 0 : 1), "\(reading.issues)")
        #expect(warnings.allSatisfy { $0.severity == .warning })
        let verb = key == "metadata" ? "come from" : "are sent to"
        #expect(warnings.allSatisfy { "\($0)".contains("credentials \(verb) http://") })
    }

    @Test("reads how graphs may be reached")
    func dataPlaneNetworks() throws {
        let text = "sampling: {data_plane: {allow: [127.0.0.0/8, '::1/128'], insecure: true}}\n"
        let dataPlane = try #require(read(minimal + text).value).sampling.dataPlane
        #expect(dataPlane.allowedNetworks.map(\.description) == ["127.0.0.0/8", "::1/128"])
        #expect(dataPlane.isInsecure)
        let standard = try #require(read(minimal).value).sampling.dataPlane
        #expect(standard.allowedNetworks.isEmpty && !standard.isInsecure)
    }

    @Test("reads Cloud Eye if it is named, with defaults")
    func cloudEye() throws {
        #expect(try #require(read(minimal).value).sampling.cloudEye == nil)
        let standard = read(minimal + "sampling: {cloud_eye: {}}\n")
        #expect(try #require(standard.value).sampling.cloudEye == CloudEyeConfiguration())
        let text = "sampling: {cloud_eye: {interval: 5m, tier: full, concurrency: 2}}\n"
        let configuration = try #require(read(minimal + text).value?.sampling.cloudEye)
        #expect(configuration.interval == .seconds(300))
        #expect(configuration.tier == .full && configuration.concurrency == 2)
    }

    @Test(
        "refuses what Cloud Eye cannot be",
        arguments: ["interval: 500ms", "tier: core", "concurrency: 0", "intervall: 1m"]
    )
    func wrongCloudEye(text: String) {
        let reading = read(minimal + "sampling: {cloud_eye: {\(text)}}\n")
        #expect(reading.value == nil)
    }

    @Test(
        "refuses an impossible cloud",
        arguments: [
            "region: cn north", "project_id: \"\"", "project_id: a/b", "api_version: v3",
            "endpoints: {ges: ftp://x}", "endpoints: {ges: \"https://user@x\"}",
            "credentials: {}",
            "credentials: {token: {file: a}, metadata: {}}",
        ]
    )
    func clouds(line: String) {
        let keys = [
            "region": "region: cn-north-4", "project_id": "project_id: a",
            "credentials": "credentials: {metadata: {}}",
        ]
        let key = String(line.prefix { $0 != ":" })
        let others = keys.filter { $0.key != key }.values.sorted()
        let text = "cloud:\n" + (others + [line]).map { "  \($0)\n" }.joined()
        #expect(read(text).value == nil, "\(text)")
    }

    @Test("reports a missing secret as an error, unless it may be created later")
    func missingSecret() throws {
        let text = minimal.replacing("hostname", with: "none")
        let reading = read(text)
        #expect(reading.value == nil)
        #expect("\(reading.issues)".contains("graphwarden.yml:5:19: cloud.credentials.token.file"))
        let start = ConfigurationReader.read(text, file: "/etc/a.yml", missingSecret: .warning)
        #expect(start.value != nil)
        #expect(start.issues.map(\.severity).contains(.warning))
    }

    @Test("accepts a webhook without a token only if nothing is restarted")
    func webhookToken() throws {
        let webhook = minimal + "webhook: {alerts: [GraphHung]}\n"
        let watching = read(webhook + "graphs: [{match: {name: a}, mode: approve}]\n")
        #expect(watching.value?.webhook?.terms.alertnames == ["GraphHung"])
        #expect(watching.value?.webhook?.terms.expireAfter == .seconds(5 * 3600))
        #expect(watching.issues.contains { $0.severity == .warning && $0.line == 6 })
        let entries = "graphs: [{match: {name: a}}, {match: {name: b}, mode: auto}]\n"
        let acting = read(webhook + entries)
        #expect(acting.value == nil)
        let issue = try #require(acting.issues.first { $0.severity == .error })
        #expect("\(issue)".contains(":6:1: webhook without token_file"), "\(issue)")
    }

    @Test("rejects a guessable token")
    func webhookTokenLength() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        let text =
            minimal + "webhook: {alerts: [A], token_file: \(file.path)}\n"
            + "graphs: [{match: {name: a}, mode: auto}]\n"
        for (token, isGood) in [
            ("0123456789abcde\n", false), ("0123456789abcdef\n", true), ("", false),
        ] {
            try Data(token.utf8).write(to: file)
            let reading = read(text)
            #expect((reading.value != nil) == isGood, "\(reading.issues)")
            let errors = reading.issues.filter { $0.severity == .error }
            #expect(errors.count == (isGood ? 0 : 1), "\(errors)")
        }
    }

    @Test("warns about a token that others can read", arguments: [0o644, 0o600] as [mode_t])
    func webhookTokenAccess(mode: mode_t) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("0123456789abcdef\n".utf8).write(to: file)
        #expect(unsafe chmod(file.path, mode) == 0)
        let reading = read(minimal + "webhook: {alerts: [A], token_file: \(file.path)}\n")
        #expect(reading.value != nil)
        let warnings = reading.issues.filter {
            "\($0)".contains("\(file.path): contains a secret but is readable by other users")
        }
        #expect(warnings.count == (mode == 0o600 ? 0 : 1), "\(reading.issues)")
    }

    @Test("warns about rules that need more history than is kept", arguments: ["17d", "18d"])
    func history(range: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules =
            "groups: [{name: g, rules: [{record: r, expr: 'avg_over_time(ges_up[\(range)])'}]}]"
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yml"))
        let text = minimal + "rule_files: [rules.yml]\nsampling: {interval: 15s}\n"
        let file = folder.appending(path: "graphwarden.yml")
        try Data(text.utf8).write(to: file)
        let loaded = try LoadedConfiguration.load(file.path, missingSecret: .warning)
        let warns = loaded.warnings.contains { "\($0)".contains("more history than") }
        #expect(warns == (range == "18d"), "\(loaded.warnings)")
    }

    @Test("reads diagnosis, and lets an entry of graphs override its keys")
    func diagnosis() throws {
        let text = """
            diagnosis:
              readings: 5
              job_limit: 1h
              canaries: [{network: "fd00::/64", address: "[fd00::2]:443"}]
            remediation: {posts: {1h: 2}, breaker: {soft: {percent: 50}, within: 1h}}
            graphs:
              - match: {name: a}
                diagnosis: {gap: 1m, canaries: [{network: 0a1b-2c, address: "10.0.0.2:80"}]}
            """
        let configuration = try #require(read(minimal + text + "\n").value)
        let defaults = configuration.defaultPolicy
        #expect(defaults.diagnosis.readings == 5)
        #expect(defaults.diagnosis.jobLimit == .seconds(3600))
        #expect(defaults.diagnosis.canaries.map(\.address) == ["[fd00::2]:443"])
        #expect(defaults.posts == [WindowLimit(window: .seconds(3600), count: 2)])
        #expect(defaults.breaker.soft == Breaker.Threshold(graphs: 3, percent: 50))
        #expect(defaults.breaker.within == .seconds(3600))
        #expect(defaults.breaker.settle == .seconds(900))
        let entry = try #require(configuration.graphs.first).policy.diagnosis
        #expect(entry.readings == 5)
        #expect(entry.gap == .seconds(60))
        #expect(entry.canaries.map(\.network) == ["0a1b-2c"])
    }

    @Test("reports the worst case of a policy")
    func worstCase() throws {
        let shadow = try #require(read(minimal).value)
        #expect(ConfigurationCheck.worstCase(shadow).first?.contains("no restart") == true)
        let auto = try #require(
            read(minimal + "graphs: [{match: {name: \".*\"}, mode: auto}]\n").value
        )
        let lines = ConfigurationCheck.worstCase(auto)
        #expect(lines.count == 2)
        #expect(lines[0].contains("at most 3 restarts per hour across the fleet"), "\(lines)")
        #expect(lines[0].contains("at most 6 requests, refused ones included"), "\(lines)")
        #expect(lines[1].contains("at most 10 restarts per day across the fleet"), "\(lines)")
        #expect(lines.allSatisfy { !$0.contains("approval") })
        let approve = try #require(
            read(minimal + "graphs: [{match: {name: \".*\"}, mode: approve}]\n").value
        )
        let asked = ConfigurationCheck.worstCase(approve)
        #expect(asked.count == 2 && asked.allSatisfy { $0.hasSuffix("needs an approval") })
    }
}
