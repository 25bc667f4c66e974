import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing
import URI

/// Prometheus and Alertmanager with the shipped files, between the agent's metrics and its webhook.
private struct Monitoring {
    let prometheus: PrometheusServer
    let alertmanager: AlertmanagerServer

    static func with(
        _ agent: RunningAgent,
        _ test: (Monitoring) async throws -> Void
    ) async throws {
        let address = String(agent.process.url.dropFirst("http://".count))
        let alertmanager = try await AlertmanagerServer.start(
            configuration: try MonitoringFiles.alertmanager(agent: address),
            token: AgentSetup.webhookToken
        )
        defer { alertmanager.stop() }
        let prometheus = try await PrometheusServer.start(
            configuration: try MonitoringFiles.prometheus(
                agent: address,
                alertmanager: String(alertmanager.url.dropFirst("http://".count))
            ),
            files: try MonitoringFiles.fastRuleFiles()
        )
        defer { prometheus.stop() }
        try await prometheus.waitUntilUp()
        try await test(Monitoring(prometheus: prometheus, alertmanager: alertmanager))
    }

    /// Every rule of the shipped files is evaluated without an error.
    func expectHealthyRules() async throws {
        var rules: [JSONValue] = []
        try await eventually("each rule is evaluated", every: .milliseconds(200)) {
            let answer = try await prometheus.get("/api/v1/rules")
            rules = (answer["data"]?["groups"]?.arrayValue ?? [])
                .flatMap { $0["rules"]?.arrayValue ?? [] }
            return rules.count > 40 && rules.allSatisfy { $0["health"] != "unknown" }
        } lastSeen: {
            "\(rules.count) rules\n\(prometheus.program.text.suffix(2_000))"
        }
        for rule in rules where rule["health"] != "ok" { Issue.record("\(rule)") }
    }

    /// Only OpenMetrics tells units, and names counters without `_total`.
    func expectOpenMetrics(_ agent: RunningAgent) async throws {
        let path = "/api/v1/targets/metadata?metric="
        let unit = try await prometheus.get(path + "ges_graph_probe_duration_seconds")
        #expect(unit["data"]?[0]?["unit"] == "seconds", "\(unit)")
        let counter = try await prometheus.get(path + "graphwarden_remediations")
        #expect(counter["data"]?[0]?["type"] == "counter", "\(counter)")
        let request = HTTPRequest(
            url: agent.process.url + "/metrics",
            headers: [
                HTTPHeader(
                    "Accept",
                    "application/openmetrics-text;version=1.0.0,"
                        + "application/openmetrics-text;version=0.0.1;q=0.75,"
                        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
                )
            ]
        )
        let type = try await agent.process.send(request).header("Content-Type")
        let expected = "application/openmetrics-text; version=1.0.0"
        #expect(type?.hasPrefix(expected) == true, "\(type ?? "")")
    }

    /// Whether the alert is pending or firing in Prometheus.
    func isActive(_ alert: String) async throws -> Bool {
        let answer = try await prometheus.get("/api/v1/alerts")
        let alerts = try #require(answer["data"]?["alerts"]?.arrayValue, "\(answer)")
        return alerts.contains { $0["labels"]?["alertname"]?.stringValue == alert }
    }

    func waitUntilResolved(_ alert: String) async throws {
        try await eventually("\(alert) is over in Prometheus", every: .milliseconds(200)) {
            try await !isActive(alert)
        } lastSeen: {
            "\(try await prometheus.get("/api/v1/alerts"))"
        }
        try await eventually("\(alert) is over in Alertmanager", every: .milliseconds(200)) {
            try await alertmanager.activeAlerts()[alert] == nil
        }
    }
}

extension RunningAgent {
    /// What the control interface of the cloud tells of the restarts it received, by graph.
    fileprivate func reportedRestarts() async throws -> [String: Int64] {
        let request = HTTPRequest(url: cloud.endpoints.control + "/control/summary")
        let summary = try JSONValue.parse(try await process.send(request).body)
        let restarts = try #require(summary["restarts"]?.objectValue, "\(summary)")
        return Dictionary(
            restarts.map { ($0.name, $0.value["received"]?.integerValue ?? -1) }
        ) { $0 + $1 }
    }

    fileprivate func page(_ path: String) async throws -> String {
        let answer = try await process.get(path)
        #expect(answer.status == 200, "\(path)")
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The one incident of the graph, from the first sign to the verified restart.
    fileprivate func expectIncident(of graph: String) async throws {
        let path = "/api/v1/incidents?graph_id=\(graph)"
        var list: [JSONValue] = []
        try await eventually("the incident is closed", every: .milliseconds(100)) {
            list = try await process.json(path)["data"]?.arrayValue ?? []
            return list.count == 1 && list[0]["outcome"] == "verified"
        } lastSeen: {
            "\(list)"
        }
        let id = try #require(list[0]["id"]?.stringValue)
        let incident = try #require(try await process.json("/api/v1/incidents/\(id)")["data"])
        let kinds = (incident["events"]?.arrayValue ?? []).compactMap { $0["kind"]?.stringValue }
        for kind in ["alertFiring", "intended", "answer", "verifying", "ended"] {
            #expect(kinds.contains(kind), "\(kinds)")
        }
        let parts = incident["parts"]?.objectValue?.map(\.name)
        #expect(parts == ["seen", "decided", "restarted", "verified"], "\(incident)")
        #expect((incident["timeToRepairSeconds"]?.doubleValue ?? 0) > 0)
        #expect(try await page("/graphs/\(graph)").contains("<strong>verified</strong>"))
        #expect(try await page("/").contains(graph))
    }
}

@Suite("Prometheus, Alertmanager and the agent with the shipped files")
struct EndToEndTests {
    @Test("find a hung graph, restart it once, and see it recover")
    func recovery() async throws {
        // No rule of the agent's own asks for a restart.
        let kinds = ["Unresponsive", "ImportStuck", "ExportStuck", "ClearStuck"]
        let setup = AgentSetup(webhook: kinds.map { "Graph\($0)" })
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            try await Monitoring.with(agent) { monitoring in
                try await monitoring.expectHealthyRules()
                try await monitoring.expectOpenMetrics(agent)
                let victim = try agent.hangGraph(1, .unresponsive)
                try await eventually("Alertmanager has the alert", every: .milliseconds(200)) {
                    try await monitoring.alertmanager.activeAlerts()["GraphUnresponsive"] != nil
                } lastSeen: {
                    "\(try await monitoring.prometheus.get("/api/v1/alerts"))"
                }
                try await agent.waitUntilVerified(victim)
                try await monitoring.waitUntilResolved("GraphUnresponsive")
                try await eventually("the agent knows", every: .milliseconds(100)) {
                    let series = "graphwarden_webhook_alerts_received_total{status=\"resolved\"}"
                    return try await agent.process.metric(series) ?? 0 >= 1
                }
                try await agent.expectNoFurtherRestart(inPolls: 10)
                #expect(try await agent.reportedRestarts() == [victim: 1])
                try await agent.expectIncident(of: victim)
                let restarts = "graphwarden_graph_restarts_total{graph_id=\"\(victim)\"}"
                try await eventually("Prometheus has the restart", every: .milliseconds(200)) {
                    try await monitoring.prometheus.value(of: restarts) == 1
                }
            }
        }
    }
}
