import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

private let scene = Scene(webhook: ["GraphHung"])

extension Stage {
    /// Sends an alert straight to the agent; returns the status and what became of the alert.
    fileprivate func post(
        _ alert: TestAlert,
        token: String? = Scene.webhookToken
    ) async throws -> (status: Int, became: String?) {
        let answer = try await agent.send(
            TestAlert.request(alert.webhook, to: agent.url + "/api/v1/alertmanager", token: token)
        )
        let body = try JSONValue.parse(answer.body)
        return (answer.status, body["data"]?["alerts"]?[0]?["status"]?.stringValue)
    }

    fileprivate func expectRestart(of graph: String) async throws {
        let verified = try await eventually(within: .seconds(60)) { try await isVerified(graph) }
        if !verified { Issue.record("\(try await account(of: graph))") }
        // Time for a second restart, were there to be one, and for Alertmanager to send again.
        try await Task.sleep(for: .seconds(5))
        #expect(restarts == [graph: 1])
    }

    fileprivate func alert(of graph: String) async throws -> JSONValue? {
        let why = try await agent.json("/api/v1/graphs/\(graph)/why")
        return why["data"]?["alerts"]?[0]
    }
}

@Suite("A real Alertmanager")
struct WebhookTests {
    @Test("has a hung graph restarted once, although a second one sends the same alert")
    func restartedOnce() async throws {
        try await Stage.with(scene) { stage in
            let first = try await AlertmanagerServer.start(sendingTo: stage.agent.url)
            defer { first.stop() }
            let second = try await AlertmanagerServer.start(sendingTo: stage.agent.url)
            defer { second.stop() }
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            var alert = TestAlert(graph: victim)
            try await first.post(alert)
            try await second.post(alert)
            try await stage.expectRestart(of: victim)
            let seen = try #require(try await stage.alert(of: victim))
            #expect(seen["source"] == "webhook")
            #expect(seen["note"]?.stringValue?.contains("contradicted") == true, "\(seen)")
            let metrics = try await stage.agent.metrics()
            #expect(metrics["graphwarden_webhook_alerts_deduplicated_total"] ?? 0 >= 2)
            #expect(metrics["graphwarden_webhook_alerts_active"] == 0)
            alert.endsAt = Date.now
            try await first.post(alert)
            let resolved = try await eventually(within: .seconds(30)) {
                let series = "graphwarden_webhook_alerts_received_total{status=\"resolved\"}"
                return try await stage.agent.metric(series) ?? 0 >= 1
            }
            #expect(resolved)
        }
    }

    @Test("has nothing restarted by an alert about a graph that is well")
    func forged() async throws {
        try await Stage.with(scene) { stage in
            try await stage.waitUntilReady()
            for hang in ["unresponsive", "import", "export", "clear"] {
                let alert = TestAlert(graph: try stage.graph(1), hang: hang)
                _ = try await stage.post(alert)
            }
            let dropped = try await eventually(within: .seconds(20)) {
                try await stage.agent.metric("graphwarden_webhook_alerts_active") == 0
            }
            #expect(dropped)
            try await Task.sleep(for: .seconds(3))
            #expect(stage.restarts.isEmpty)
            let other = TestAlert(name: "Other", graph: try stage.graph(2))
            #expect(try await stage.post(other) == (200, "ignored"))
        }
    }

    @Test("gets nothing done with another token")
    func wrongToken() async throws {
        try await Stage.with(scene) { stage in
            let alertmanager = try await AlertmanagerServer.start(
                sendingTo: stage.agent.url,
                token: "another-token-of-16-bytes"
            )
            defer { alertmanager.stop() }
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            try await alertmanager.post(TestAlert(graph: victim))
            let refused = try await eventually(within: .seconds(30)) {
                alertmanager.program.text.contains("unexpected status code 401")
            }
            #expect(refused, "\(alertmanager.program.text)")
            #expect(try await stage.post(TestAlert(graph: victim), token: nil).status == 401)
            try await Task.sleep(for: .seconds(4))
            #expect(stage.restarts.isEmpty)
            let received = try await stage.agent.json("/api/v1/alerts/received")
            #expect(received["data"]?["alerts"]?.arrayValue?.isEmpty == true)
        }
    }

    @Test("sends again until the ledger can be written")
    func ledgerLocked() async throws {
        try await Stage.with(scene) { stage in
            let alertmanager = try await AlertmanagerServer.start(sendingTo: stage.agent.url)
            defer { alertmanager.stop() }
            try await stage.waitUntilReady()
            let locker = try Program(
                URL(filePath: "/usr/bin/python3"),
                ["-u", "-c", Self.lock],
                in: stage.folder
            )
            defer { locker.signal(SIGKILL) }
            let locked = try await eventually(within: .seconds(20)) {
                locker.text.contains("locked")
            }
            try #require(locked, "\(locker.text)")
            let victim = try stage.hang(1, .unresponsive)
            try await alertmanager.post(TestAlert(graph: victim))
            let refused = try await eventually(within: .seconds(40)) {
                alertmanager.program.text.contains("unexpected status code 503")
            }
            #expect(refused, "\(alertmanager.program.text)")
            #expect(stage.restarts.isEmpty)
            locker.signal(SIGKILL)
            try await stage.expectRestart(of: victim)
        }
    }

    /// Holds the right to write, as a backup or a shell may.
    private static let lock = """
        import sqlite3, time
        ledger = sqlite3.connect("data/ledger.db", isolation_level=None, timeout=30)
        ledger.execute("BEGIN IMMEDIATE")
        print("locked")
        time.sleep(120)
        """

    @Test("may rely on what was acknowledged, although the agent is killed directly afterwards")
    func killed() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            // Long enough for the agent to die before it acts.
            var slow = scene
            slow.remediation = ["veto: {unresponsive: 5s}"]
            try slow.write(to: scratch, for: cloud)
            let first = try await AgentProcess.start(in: scratch.folder)
            defer { first.program.signal(SIGKILL) }
            let stage = Stage(cloud: cloud, agent: first, folder: scratch.folder)
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            #expect(try await stage.post(TestAlert(graph: victim)) == (200, "accepted"))
            first.program.signal(SIGKILL)
            _ = try await first.program.exitStatus()
            #expect(stage.restarts.isEmpty)
            let second = try await AgentProcess.start(in: scratch.folder)
            defer { second.program.signal(SIGKILL) }
            let resumed = Stage(cloud: cloud, agent: second, folder: scratch.folder)
            try await resumed.expectRestart(of: victim)
            try await second.stop()
        }
    }

    @Test("finds the shipped example right")
    func example() async throws {
        let file = Program.root.appending(path: "packaging/prometheus/alertmanager.yml")
        let (status, text) = try await Program.run(
            try Program.debian("amtool"),
            ["check-config", file.path]
        )
        #expect(status == 0, "\(text)")
    }
}

@Suite("A real Prometheus that sends its alerts")
struct PrometheusAlertsTests {
    @Test("has a hung graph restarted once, without an Alertmanager between")
    func restartedOnce() async throws {
        try await Stage.with(scene) { stage in
            try await stage.waitUntilReady()
            let prometheus = try await PrometheusServer.start(
                scraping: stage.agent.url,
                rules: Self.rules,
                alertingToken: Scene.webhookToken
            )
            defer { prometheus.stop() }
            let up = try await eventually(within: .seconds(60)) {
                try await prometheus.value(of: "up") == 1
            }
            try #require(up, "\(prometheus.program.text)")
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectRestart(of: victim)
            #expect(try await stage.alert(of: victim)?["source"] == "webhook")
        }
    }

    private static let rules = """
        groups:
          - name: hangs
            interval: 1s
            rules:
              - alert: GraphHung
                expr: max by (graph_id) (ges_graph_probe_success) == 0
                for: 2s
                labels: {remediate: restart, hang: unresponsive}
        """
}

@Suite("The webhook's paths")
struct WebhookPathTests {
    @Test(
        "are not there without the section, and take POST only with it",
        arguments: [true, false]
    )
    func paths(isConfigured: Bool) async throws {
        try await Stage.with(isConfigured ? scene : Scene()) { stage in
            for path in ["/api/v1/alertmanager", "/api/v2/alerts"] {
                let get = try await stage.agent.get(path)
                #expect(get.status == (isConfigured ? 405 : 404))
                let request = TestAlert.request(
                    Array("{".utf8),
                    to: stage.agent.url + path,
                    token: Scene.webhookToken
                )
                let post = try await stage.agent.send(request)
                #expect(post.status == (isConfigured ? 400 : 404))
            }
        }
    }
}
