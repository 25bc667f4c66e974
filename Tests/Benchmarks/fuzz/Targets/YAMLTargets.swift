import Configuration
import Cycle
import Foundation
import PromQL
import Rehearsal
import Rules
import StrictYAML
import Time
import TimeIntervals

extension Targets {
    /// The language itself, in both dialects.
    static let yaml = Target("yaml", tokens: Tokens.yaml) { input in
        let text = String(decoding: input, as: UTF8.self)
        let strict = YAMLDocument.parse(text, file: "f")
        try Issues.check(strict.issues, isRefused: strict.document == nil, text)
        let prometheus = YAMLDocument.parse(text, file: "f", dialect: .prometheus)
        try Issues.check(prometheus.issues, isRefused: prometheus.document == nil, text)
        // What is strict is also right for Prometheus.
        guard strict.document == nil || prometheus.document != nil else {
            throw Broken("dialects", "Prometheus' is stricter")
        }
        return strict.document == nil ? .refused : .accepted
    }

    static let configuration = Target(
        "configuration",
        tokens: Tokens.yaml + Tokens.configuration
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        // In no folder, so that no secret exists.
        let reading = ConfigurationReader.read(
            text,
            file: "/nonexistent/f.yml",
            missingSecret: .warning
        )
        try Issues.check(reading.issues, isRefused: reading.value == nil, text)
        guard let configuration = reading.value else { return .refused }
        for window in configuration.maintenance {
            let start = Timestamp(milliseconds: 1_795_000_000_000)
            let limit = start + .seconds(400 * 86_400)
            let found = window.calendar.search(after: start, before: limit, looks: 2_000)
            guard let change = found.change else { continue }
            let isInside = window.calendar.contains(start)
            guard change > start, window.calendar.contains(change) != isInside else {
                throw Broken("change of a time interval", "\(change) changes nothing")
            }
        }
        return .accepted
    }

    static let rules = Target("rules", tokens: Tokens.yaml + Tokens.rules) { input in
        let text = String(decoding: input, as: UTF8.self)
        let reading = RuleFile.read(text, file: "f", options: .experimental)
        try Issues.check(reading.issues, isRefused: reading.file == nil, text)
        try Issues.check(reading.duplicates, isRefused: false, text)
        return reading.file == nil ? .refused : .accepted
    }

    static let ruleTests = Target("rule-tests", tokens: Tokens.yaml + Tokens.rules) { input in
        let text = String(decoding: input, as: UTF8.self)
        let reading = RuleTestFile.parse(text, file: "f")
        try Issues.check(reading.issues, isRefused: reading.file == nil, text)
        return reading.file == nil ? .refused : .accepted
    }

    static let scenario: Target = {
        var target = Target("scenario", tokens: Tokens.yaml + Tokens.rules) { input in
            let text = String(decoding: input, as: UTF8.self)
            let reading = ScenarioReader.read(text, file: "f")
            try Issues.check(reading.issues, isRefused: reading.value == nil, text)
            return reading.value == nil ? .refused : .accepted
        }
        // A few characters stand for ten thousand graphs.
        target.limits.seconds = 0.5
        return target
    }()

    static let webConfiguration = Target(
        "web-configuration",
        tokens: Tokens.yaml + Tokens.webConfiguration
    ) { () async throws -> Target.Check in
        let file = try WebConfigurationFile()
        return { try file.check($0) }
    }
}

/// The web configuration is read from a file alone.
private struct WebConfigurationFile {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "web-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "web.yml").path
    }

    func check(_ input: [UInt8]) throws -> Reading {
        try Data(input).write(to: URL(filePath: path))
        unsafe chmod(path, 0o600)
        do throws(ConfigurationError) {
            _ = try WebConfiguration.load(path)
            return .accepted
        } catch {
            guard case .invalid(let issues) = error else { return .refused }
            try Issues.check(issues, isRefused: true, String(decoding: input, as: UTF8.self))
            return .refused
        }
    }
}

private enum Issues {
    /// Every refusal has a reason, and every issue a place in the text.
    static func check(_ issues: [YAMLIssue], isRefused: Bool, _ text: String?) throws(Broken) {
        guard issues.containsErrors == isRefused else {
            throw Broken("reason", "refused: \(isRefused), errors: \(issues.containsErrors)")
        }
        for issue in issues { try Message.check(issue.description) }
        guard let text, let last = issues.map(\.mark).max() else { return }
        let scalars = text.unicodeScalars
        // YAML 1.1 ends a line at these; a carriage return and a line feed count as one or two.
        let breaks: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
        let lines = 1 + scalars.count(where: breaks.contains)
        guard issues.allSatisfy({ $0.line >= 1 && $0.column >= 1 }), last.line <= lines + 1,
            issues.allSatisfy({ $0.column <= scalars.count + 2 })
        else { throw Broken("place", "\(last) in a text of \(lines) lines") }
    }
}

extension Tokens {
    fileprivate static let configuration = [
        "cloud:", "region: ", "project_id: ", "credentials:", "graphs:", "match:", "name: \".*\"",
        "mode: auto", "sampling:", "interval: ", "remediation:", "max_attempts: {6h: 2}", "budget:",
        "breaker:", "maintenance:", "time_intervals:", "times:", "start_time: \"23:59\"",
        "end_time: \"24:00\"", "weekdays: [monday:friday]", "days_of_month: [\"-31:-1\"]",
        "months: [\"12\"]", "years: [\"9999\"]", "location: Europe/Berlin", "location: ../../etc",
        "alertmanagers:", "webhook:", "endpoints:", "canaries:", "network: 0.0.0.0/0", "::/0",
        "http://[::1]:99999/", "0s", "99999y", "9223372036854775807ms", "(a+)+$", "[a-z]{1000}",
    ]

    fileprivate static let rules = [
        "groups:", "- name: ", "rules:", "- alert: ", "- record: ", "expr: ", "for: ", "labels:",
        "annotations:", "keep_firing_for: ", "interval: ", "limit: ", "{{ $value }}",
        "{{ $labels.graph_id }}", "{{ query \"up\" | first | value }}", "{{ range ", "{{ end }}",
        "remediate: restart", "hang: import", "sum(up) by (graph_id)", "up == 1", "[5m]",
        "tests:", "input_series:", "series: ", "values: '1+1x99999999'", "alert_rule_test:",
        "promql_expr_test:", "eval_time: ", "exp_samples:", "exp_alerts:",
    ]

    fileprivate static let webConfiguration = [
        "basic_auth_users:", "a: $2y$04$", "tls_server_config:", "cert_file: ", "key_file: ",
        "client_auth_type: ", "min_version: TLS13", "cipher_suites:", "http_server_config:",
        "headers:", "Strict-Transport-Security: ", "http2: true", "rate_limit:", "interval: ",
        "burst: ", "-----BEGIN CERTIFICATE-----", "cert: |\n",
    ]
}
