import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// A real Alertmanager that gets the agent's alerts and holds its silences, and its receiver.
private struct Oncall: Sendable {
    let alertmanager: AlertmanagerServer
    let pager: Pager

    static func with(
        _ change: @Sendable (inout AgentSetup) -> Void = { _ in },
        further: [String] = [],
        _ test: @Sendable (RunningAgent, Oncall) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let pager = try await Pager.start(in: scratch.folder)
        defer { pager.stop() }
        let alertmanager = try await AlertmanagerServer.start(
            receiver: pager.url,
            token: "unused",
            repeats: "1h"
        )
        defer { alertmanager.stop() }
        var setup = AgentSetup()
        change(&setup)
        let urls = [alertmanager.url] + further
        setup.sections.append(
            "alertmanagers: [\(urls.map { "{url: \"\($0)\", timeout: 2s}" }.joined(separator: ", "))]"
        )
        let arguments = [
            "--web.external-url=http://agent.example.com/gw/", "--web.route-prefix=/",
        ]
        try await RunningAgent.with(setup, arguments: arguments) { agent in
            try await agent.waitUntilReady()
            try await test(agent, Oncall(alertmanager: alertmanager, pager: pager))
        }
    }

    func waitForAlert(_ name: String) async throws -> JSONValue {
        let alerts = try await eventuallyAlerts(name)
        return try #require(alerts[name])
    }

    private func eventuallyAlerts(_ name: String) async throws -> [String: JSONValue] {
        try await eventually("Alertmanager has \(name)", every: .milliseconds(100)) {
            try await alertmanager.activeAlerts()[name] != nil
        } lastSeen: {
            "\(try await alertmanager.activeAlerts().keys)"
        }
        return try await alertmanager.activeAlerts()
    }

    /// Silences what matches; returns the silence's id.
    func silence(_ matchers: String...) async throws -> String {
        try await alertmanager.amtool(
            ["silence", "add", "--author=kim", "--comment=upgrade of the engine", "--duration=10m"]
                + matchers
        )
    }
}

extension RunningAgent {
    fileprivate func waitForHold(_ label: String, of graph: String) async throws -> String {
        try await eventually("\(graph) is held: \(label)", every: .milliseconds(100)) {
            let metric =
                "graphwarden_remediations_suppressed_total"
                + "{action=\"restart\",reason=\"\(label)\"}"
            return try await process.metric(metric) ?? 0 > 0
        } lastSeen: {
            try await account(of: graph)
        }
        return try await why(graph)
    }

    fileprivate func why(_ graph: String) async throws -> String {
        let answer = try await process.get("/api/v1/graphs/\(graph)/why")
        return String(decoding: answer.body, as: UTF8.self)
    }

    /// The control: whatever held the graph was what held it.
    fileprivate func expectRestart(of graph: String) async throws {
        try await waitUntilVerified(graph)
        #expect(restarts == [graph: 1])
    }
}

@Suite("A real Alertmanager in the configuration")
struct AlertmanagerTests {
    @Test("gets the alerts of rules and the life of a restart, although another never answers")
    func alerts() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let silent = try await Pager.start(in: scratch.folder, answers: false)
        defer { silent.stop() }
        try await Oncall.with(further: [silent.url]) { agent, oncall in
            let victim = try agent.hangGraph(1, .unresponsive)
            let alert = try await oncall.waitForAlert("GraphUnresponsive")
            #expect(alert["labels"]?["graph_id"]?.stringValue == victim)
            #expect(
                alert["generatorURL"]?.stringValue
                    == "http://agent.example.com/gw/api/v1/graphs/\(victim)/why"
            )
            #expect(alert["annotations"]?["summary"]?.stringValue?.contains(victim) == true)
            let verified = try await oncall.waitForAlert("GraphwardenVerified")
            #expect(verified["labels"]?["severity"] == "info")
            #expect(verified["labels"]?["graph_id"]?.stringValue == victim)
            #expect(agent.restarts == [victim: 1])
            try await eventually("the alert is resolved", every: .milliseconds(100)) {
                try await oncall.alertmanager.activeAlerts()["GraphUnresponsive"] == nil
            }
            let metrics = try await agent.process.metrics()
            let name = "alertmanager=\"\(oncall.alertmanager.url)\""
            #expect(metrics["graphwarden_notifications_sent_total{\(name)}"] ?? 0 >= 3)
            #expect(metrics["graphwarden_notifications_errors_total{\(name)}"] == 0)
            #expect(metrics["graphwarden_alertmanager_up{\(name)}"] == 1)
            #expect(
                metrics["graphwarden_alertmanager_up{alertmanager=\"\(silent.url)\"}"] == 0
            )
            let ready = try await agent.process.get("/-/ready")
            #expect(ready.status == 200)
            let text = String(decoding: ready.body, as: UTF8.self)
            #expect(text.contains("\(silent.url) cannot be asked for silences since"), "\(text)")
        }
    }

    @Test(
        "holds a restart by a silence made with amtool, and lets it go when the silence ends",
        arguments: [
            ["graph_name=~.*", "alertname=~Graph(Unresponsive|Other)"],
            ["hang!=import", "remediate=restart"],
        ]
    )
    func silence(matchers: [String]) async throws {
        try await Oncall.with { agent, oncall in
            let id = try await oncall.alertmanager.amtool(
                ["silence", "add", "--author=kim", "--comment=upgrade", "--duration=10m"] + matchers
            )
            try await eventually("the silence is known", every: .milliseconds(100)) {
                try await agent.process.metric("graphwarden_silences") == 1
            }
            let victim = try agent.hangGraph(1, .unresponsive)
            let why = try await agent.waitForHold("silenced", of: victim)
            #expect(why.contains("silenced by silence \(id) by kim until"), "\(why)")
            #expect(why.contains(": upgrade"))
            try await agent.expectNoFurtherRestart(inPolls: 12)
            #expect(agent.restarts.isEmpty)
            _ = try await oncall.alertmanager.amtool(["silence", "expire", id])
            try await agent.expectRestart(of: victim)
        }
    }

    @Test("does not hold a restart by a silence of something else")
    func otherSilence() async throws {
        try await Oncall.with { agent, oncall in
            _ = try await oncall.silence("alertname=GraphImportStuck")
            let other = "graph_id!=\(try agent.graphID(1))"
            _ = try await oncall.silence(other, "alertname=GraphUnresponsive")
            try await eventually("the silences are known", every: .milliseconds(100)) {
                try await agent.process.metric("graphwarden_silences") == 2
            }
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.expectRestart(of: victim)
        }
    }

    @Test("pages once for a restart that stalls")
    func stalled() async throws {
        try await Oncall.with { agent, oncall in
            let course = RestartCourse.jobFails(reason: "no capacity")
            agent.schedule(
                ScheduledFault(.restart(course), on: FaultMatch(operation: .restartGraph))
            )
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForState("stalled", of: victim)
            let alert = try await oncall.waitForAlert("GraphwardenStalled")
            #expect(alert["labels"]?["severity"] == "critical")
            try await eventually("the page arrives", every: .milliseconds(100)) {
                oncall.pager.pages("GraphwardenStalled") >= 1
            }
            try await agent.process.waitForPolls(20)
            #expect(oncall.pager.pages("GraphwardenStalled") == 1)
            #expect(oncall.pager.pages("GraphwardenHeldFor30Minutes") == 0)
            #expect(oncall.pager.pages("GraphwardenDetectOnly") == 0)
        }
    }

    @Test("gets alerts over TLS with a password, and nothing with a wrong one")
    func secured() async throws {
        let alertmanager = try await AlertmanagerServer.start(
            receiver: "http://127.0.0.1:1",
            token: "unused",
            repeats: "1h",
            isSecured: true
        )
        defer { alertmanager.stop() }
        let (user, password) = AlertmanagerServer.credentials
        var setup = AgentSetup()
        setup.files = ["am_password": password + "\n"]
        setup.sections = [
            """
            alertmanagers:
            - {url: "\(alertmanager.url)", ca_file: \(alertmanager.caFile), user: \(user), \
            password_file: am_password}
            """
        ]
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            let up = "graphwarden_alertmanager_up{alertmanager=\"\(alertmanager.url)\"}"
            try await eventually("the silences are read", every: .milliseconds(100)) {
                try await agent.process.metric(up) == 1
            } lastSeen: {
                "\(agent.log.suffix(2_000))"
            }
            try agent.hangGraph(1, .unresponsive)
            let sent =
                "graphwarden_notifications_sent_total"
                + "{alertmanager=\"\(alertmanager.url)\"}"
            try await eventually("the alert is sent", every: .milliseconds(100)) {
                try await agent.process.metric(sent) ?? 0 > 0
            }
            // The file is read again when it changes.
            try agent.rewrite("am_password") { _ in "wrong\n" }
            try await eventually("the password is refused", every: .milliseconds(100)) {
                try await agent.process.metric(up) == 0
            }
            let ready = try await agent.process.get("/-/ready")
            #expect(String(decoding: ready.body, as: UTF8.self).contains("status 401"))
        }
    }

    @Test("that dies holds nothing any more and is a trouble")
    func dead() async throws {
        try await Oncall.with { agent, oncall in
            _ = try await oncall.silence("graph_id=~.+")
            let victim = try agent.hangGraph(1, .unresponsive)
            _ = try await agent.waitForHold("silenced", of: victim)
            oncall.alertmanager.program.signal(SIGKILL)
            try await agent.expectRestart(of: victim)
            let ready = try await agent.process.get("/-/ready")
            #expect(String(decoding: ready.body, as: UTF8.self).contains("cannot be asked"))
            #expect(agent.log.contains("An Alertmanager cannot be asked for silences"))
        }
    }
}

@Suite("A maintenance window")
struct MaintenanceTests {
    @Test("holds its graphs until a reload removes it and they were observed afresh")
    func window() async throws {
        var setup = AgentSetup()
        setup.sections = [
            "maintenance: [{name: move, scope: {name: \".*\"}, time_intervals: [{years: ['2000:9000']}]}]",
            "diagnosis: {observe: 10s}",
        ]
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            let why = try await agent.waitForHold("maintenance", of: victim)
            #expect(why.contains("maintenance window \\\"move\\\" is open"), "\(why)")
            #expect(try await agent.process.metric("graphwarden_maintenance{name=\"move\"}") == 1)
            try await agent.expectNoFurtherRestart(inPolls: 12)
            #expect(agent.restarts.isEmpty)
            try agent.rewrite("graphwarden.yml") { text in
                text.replacing("maintenance: [{name: move", with: "maintenance: []\n#")
            }
            agent.process.program.signal(SIGHUP)
            try await eventually("the agent observes the graph afresh") {
                try await agent.why(victim).contains("maintenance window \\\"move\\\" closed at ")
            }
            try await agent.expectRestart(of: victim)
        }
    }

    @Test("is listed with its openings in its zone and in UTC")
    func calendar() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(
            """
            cloud: {region: r-1, project_id: p1, credentials: {metadata: {}}}
            maintenance:
              - name: nightly
                scope: {name: "prod-.*"}
                time_intervals:
                  - {times: [{start_time: "02:15", end_time: "02:45"}], location: Europe/Berlin}
            """,
            to: "c.yml"
        )
        let file = scratch.folder.appending(path: "c.yml").path
        let (status, text) = try await Program.run(
            Program.graphwarden,
            ["check", "maintenance", file, "--at", "2026-10-24T12:00:00Z"]
        )
        #expect(status == 0, "\(text)")
        let lines = text.split(separator: "\n").map(String.init)
        #expect(
            lines.prefix(6) == [
                "maintenance window \"nightly\" for name=\"prod-.*\": 1 time interval in"
                    + " Europe/Berlin: closed at Sat 2026-10-24 14:00:00 +02:00"
                    + " (2026-10-24T12:00:00Z)",
                "  opens  Sun 2026-10-25 02:15:00 +02:00  2026-10-25T00:15:00Z",
                "  closes Sun 2026-10-25 02:45:00 +02:00  2026-10-25T00:45:00Z",
                "  opens  Sun 2026-10-25 02:15:00 +01:00  2026-10-25T01:15:00Z",
                "  closes Sun 2026-10-25 02:45:00 +01:00  2026-10-25T01:45:00Z",
                "  opens  Mon 2026-10-26 02:15:00 +01:00  2026-10-26T01:15:00Z",
            ]
        )
        #expect(lines.count == 21)
    }
}
