import Foundation
import HTTPClient
import JSON
import TestSupport
import Testing

/// What Prometheus' and Alertmanager's own tools and servers say of `packaging/prometheus`.
@Suite("The shipped files for Prometheus and Alertmanager")
struct MonitoringFileTests {
    private static let folder = Program.root.appending(path: "packaging/prometheus")

    @Test("are a valid configuration of Prometheus, with the rules that it loads")
    func scrapeConfiguration() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let rules = scratch.folder.appending(path: "graphwarden")
        try FileManager.default.createDirectory(at: rules, withIntermediateDirectories: false)
        for (name, text) in try MonitoringFiles.fastRuleFiles() {
            try Data(text.utf8).write(to: rules.appending(path: name))
        }
        try scratch.write(try MonitoringFiles.text("packaging/prometheus/scrape.yml"), to: "p.yml")
        let (status, text) = try await Program.run(
            try Program.debian("promtool"),
            ["check", "config", scratch.folder.appending(path: "p.yml").path]
        )
        #expect(status == 0, "\(text)")
        #expect(text.contains(/SUCCESS: \d+ rule files found/), "\(text)")
        #expect(!text.contains("FAILED"), "\(text)")
    }

    @Test("have recording rules that pass their tests")
    func recordingRules() async throws {
        let promtool = try Program.debian("promtool")
        let rules = Self.folder.appending(path: "recording.yml").path
        let tests = Self.folder.appending(path: "recording_test.yaml").path
        for (program, options) in [(promtool, []), (Program.graphwarden, ["--promql-compat=v2"])] {
            let checked = try await Program.run(program, ["check", "rules", rules])
            #expect(checked.status == 0 || program != promtool, "\(checked.text)")
            let tested = try await Program.run(program, ["test", "rules"] + options + [tests])
            #expect(tested.status == 0, "\(tested.text)")
        }
    }

    @Test("route alerts that ask for a restart to the agent, and all of them to people")
    func routes() async throws {
        let file = Self.folder.appending(path: "alertmanager.yml").path
        let amtool = try Program.debian("amtool")
        let checked = try await Program.run(amtool, ["check-config", file])
        #expect(checked.status == 0, "\(checked.text)")
        let routes = [
            (["alertname=GraphUnresponsive", "remediate=restart"], "graphwarden,people"),
            (["alertname=GraphFaulty", "severity=critical"], "people"),
            (["alertname=Backup", "remediate=block"], "graphwarden,people"),
        ]
        for (labels, receivers) in routes {
            let found = try await Program.run(
                amtool,
                ["config", "routes", "test", "--config.file=\(file)"] + labels
            )
            // It may warn first that the file overrides the URL in its own configuration.
            #expect(found.text.split(separator: "\n").last == receivers[...], "\(found.text)")
        }
    }

    @Test("let the agent serve TLS to a Prometheus with a password")
    func secured() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await Certificate.write(to: scratch.folder, name: "graphwarden")
        let shipped = try MonitoringFiles.text("packaging/prometheus/web.yml")
        let file = try scratch.write(shipped, to: "web.yml")
        for program in [try Program.debian("promtool"), Program.graphwarden] {
            let checked = try await Program.run(program, ["check", "web-config", file.path])
            #expect(checked.status == 0, "\(checked.text)")
        }
        var setup = AgentSetup()
        // The hash of `secret`, at the lowest cost.
        let hash = AgentSetup.users.split(separator: "\"")[1]
        let known = shipped.replacing(/\$2b\$\S+/, with: hash)
        try #require(known != shipped)
        setup.files["web.yml"] = known
        for name in ["graphwarden.pem", "graphwarden.key"] {
            let part = scratch.folder.appending(path: name)
            setup.files[name] = try String(contentsOf: part, encoding: .utf8)
        }
        let certificate = setup.files["graphwarden.pem"] ?? ""
        try await RunningAgent.with(setup, arguments: [AgentSetup.webConfiguration]) { agent in
            let address = agent.process.url.dropFirst("http://".count)
            let prometheus = try await PrometheusServer.start(
                configuration: try MonitoringFiles.prometheus(
                    agent: String(address),
                    alertmanager: "127.0.0.1:9",
                    keepsTLS: true
                ),
                files: ["graphwarden-ca.pem": certificate, "graphwarden-password": "secret"]
            )
            defer { prometheus.stop() }
            try await prometheus.waitUntilUp()
            try await eventually("Prometheus has the metrics", every: .milliseconds(100)) {
                try await prometheus.value(of: "graphwarden_ready{job=\"graphwarden-tls\"}") == 1
            }
        }
    }
}
