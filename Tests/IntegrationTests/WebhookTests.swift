import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

private let setup = AgentSetup(webhook: ["GraphHung"])

extension RunningAgent {
    /// Sends an alert directly to the agent; returns the status and the result for the alert.
    fileprivate func post(
        _ alert: TestAlert,
        token: String? = AgentSetup.webhookToken
    ) async throws -> (status: Int, became: String?) {
        let answer = try await process.send(
            TestAlert.request(alert.webhook, to: process.url + "/api/v1/alertmanager", token: token)
        )
        let body = try JSONValue.parse(answer.body)
        return (answer.status, body["data"]?["alerts"]?[0]?["status"]?.stringValue)
    }

    fileprivate func expectRestart(of graph: String) async throws {
        try await waitUntilVerified(graph)
        try await expectNoFurtherRestart(inPolls: 20)
        #expect(restarts == [graph: 1])
    }

    fileprivate func alert(of graph: String) async throws -> JSONValue? {
        try await why(graph)["alerts"]?[0]
    }
}

@Suite("A real Alertmanager")
struct WebhookTests {
    @Test("restarts a hung graph once, although a second Alertmanager sends the same alert")
    func restartedOnce() async throws {
        try await RunningAgent.with(setup) { agent in
            let first = try await AlertmanagerServer.start(sendingTo: agent.process.url)
            defer { first.stop() }
            let second = try await AlertmanagerServer.start(sendingTo: agent.process.url)
            defer { second.stop() }
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            var alert = TestAlert(graph: victim)
            try await first.post(alert)
            try await second.post(alert)
            try await agent.expectRestart(of: victim)
            let seen = try #require(try await agent.alert(of: victim))
            #expect(seen["source"] == "webhook")
            #expect(seen["note"]?.stringValue?.contains("contradicted") == true, "\(seen)")
            try await eventually("both have sent the alert repeatedly", every: .milliseconds(100)) {
                try await agent.process.metric("graphwarden_webhook_alerts_deduplicated_total")
            } is: { count in
                count ?? 0 >= 2
            }
            #expect(agent.restarts == [victim: 1])
            #expect(try await agent.process.metric("graphwarden_webhook_alerts_active") == 0)
            alert.endsAt = Date.now
            try await first.post(alert)
            try await eventually("the alert is resolved", every: .milliseconds(100)) {
                let series = "graphwarden_webhook_alerts_received_total{status=\"resolved\"}"
                return try await agent.process.metric(series) ?? 0 >= 1
            }
        }
    }

    @Test("restarts nothing for an alert about a healthy graph")
    func forged() async throws {
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            for hang in ["unresponsive", "import", "export", "clear"] {
                let alert = TestAlert(graph: try agent.graphID(1), hang: hang)
                _ = try await agent.post(alert)
            }
            try await eventually("the alerts are contradicted", every: .milliseconds(100)) {
                try await agent.process.metric("graphwarden_webhook_alerts_active") == 0
            }
            try await agent.expectNoFurtherRestart(inPolls: 12)
            #expect(agent.restarts.isEmpty)
            let other = TestAlert(name: "Other", graph: try agent.graphID(2))
            #expect(try await agent.post(other) == (200, "ignored"))
        }
    }

    @Test("is refused with a wrong token")
    func wrongToken() async throws {
        try await RunningAgent.with(setup) { agent in
            let alertmanager = try await AlertmanagerServer.start(
                sendingTo: agent.process.url,
                token: "another-token-of-16-bytes"
            )
            defer { alertmanager.stop() }
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await alertmanager.post(TestAlert(graph: victim))
            try await eventually("Alertmanager is refused") {
                alertmanager.program.text
            } is: { text in
                text.contains("unexpected status code 401")
            }
            #expect(try await agent.post(TestAlert(graph: victim), token: nil).status == 401)
            try await agent.expectNoFurtherRestart(inPolls: 16)
            #expect(agent.restarts.isEmpty)
            let received = try await agent.process.json("/api/v1/alerts/received")
            #expect(received["data"]?["alerts"]?.arrayValue?.isEmpty == true)
        }
    }

    @Test("retries until the ledger can be written")
    func ledgerLocked() async throws {
        try await RunningAgent.with(setup) { agent in
            let alertmanager = try await AlertmanagerServer.start(sendingTo: agent.process.url)
            defer { alertmanager.stop() }
            try await agent.waitUntilReady()
            let locker = try Program(
                URL(filePath: "/usr/bin/python3"),
                ["-u", "-c", Self.lock],
                in: agent.folder
            )
            defer { locker.signal(SIGKILL) }
            try await eventually("the ledger is locked") {
                locker.text
            } is: { text in
                text.contains("locked")
            }
            let victim = try agent.hangGraph(1, .unresponsive)
            try await alertmanager.post(TestAlert(graph: victim))
            try await eventually("Alertmanager is refused while the ledger is locked") {
                alertmanager.program.text
            } is: { text in
                text.contains("unexpected status code 503")
            }
            #expect(agent.restarts.isEmpty)
            locker.signal(SIGKILL)
            try await agent.expectRestart(of: victim)
        }
    }

    /// Holds the write lock, as a backup or a shell might.
    private static let lock = """
        import signal, sqlite3
        ledger = sqlite3.connect("data/ledger.db", isolation_level=None, timeout=30)
        ledger.execute("BEGIN IMMEDIATE")
        print("locked")
        signal.pause()
        """

    @Test("can rely on an acknowledged alert, even if the agent is killed right afterwards")
    func killed() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            // The first agent accepts the alert and may not act on it before it dies.
            var waiting = setup
            waiting.remediation = ["veto: {unresponsive: 1h}"]
            try waiting.write(to: scratch, for: cloud)
            let first = try await AgentProcess.start(in: scratch.folder)
            defer { first.program.signal(SIGKILL) }
            let agent = RunningAgent(cloud: cloud, process: first, folder: scratch.folder)
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            #expect(try await agent.post(TestAlert(graph: victim)) == (200, "accepted"))
            first.program.signal(SIGKILL)
            _ = try await first.program.exitStatus()
            #expect(agent.restarts.isEmpty)
            try setup.write(to: scratch, for: cloud)
            let second = try await AgentProcess.start(in: scratch.folder)
            defer { second.program.signal(SIGKILL) }
            let resumed = RunningAgent(cloud: cloud, process: second, folder: scratch.folder)
            try await resumed.expectRestart(of: victim)
            try await second.stop()
        }
    }
}

@Suite("A real Prometheus that sends alerts to the agent")
struct PrometheusAlertsTests {
    @Test("restarts a hung graph once, without an Alertmanager in between")
    func restartedOnce() async throws {
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            let prometheus = try await PrometheusServer.start(
                scraping: agent.process.url,
                rules: Self.rules,
                alertingToken: AgentSetup.webhookToken
            )
            defer { prometheus.stop() }
            try await prometheus.waitUntilUp()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.expectRestart(of: victim)
            #expect(try await agent.alert(of: victim)?["source"] == "webhook")
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
        "do not exist without the section, and accept only POST with it",
        arguments: [true, false]
    )
    func paths(isConfigured: Bool) async throws {
        try await RunningAgent.with(isConfigured ? setup : AgentSetup()) { agent in
            for path in ["/api/v1/alertmanager", "/api/v2/alerts"] {
                let get = try await agent.process.get(path)
                #expect(get.status == (isConfigured ? 405 : 404))
                let request = TestAlert.request(
                    Array("{".utf8),
                    to: agent.process.url + path,
                    token: AgentSetup.webhookToken
                )
                let post = try await agent.process.send(request)
                #expect(post.status == (isConfigured ? 400 : 404))
            }
        }
    }
}
