import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

@Suite("An agent whose samples a Prometheus keeps", .serialized)
struct HistorySourceTests {
    private static var setup: AgentSetup {
        var setup = AgentSetup()
        setup.files["rules.yml"] = """
            groups:
              - name: g
                rules:
                  - record: many
                    expr: min(count_over_time(ges_graph_probe_success{probe="version"}[10m]))
                  - record: oldest
                    expr: min(min_over_time(timestamp(ges_up)[10m:2s]))

            """
        return setup
    }

    private func configure(_ agents: SuccessiveAgents, _ history: String) throws {
        let file = agents.folder.appending(path: "graphwarden.yml")
        let text = try String(contentsOf: file, encoding: .utf8)
        let kept = text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("history:") }.joined(separator: "\n")
        try Data((kept + "\nhistory: \(history)\n").utf8).write(to: file)
    }

    private func value(_ agent: RunningAgent, _ query: String) async throws -> Double? {
        let answer = try await agent.process.post("/api/v1/query", [("query", query)])
        return answer["data"]?["result"]?[0]?["value"]?[1]?.stringValue.flatMap(Double.init)
    }

    @Test("fills the windows of rules from there after its start, and writes nothing to disk")
    func fills() async throws {
        try await SuccessiveAgents.with(Self.setup) { agents in
            try configure(agents, "{retention: 0s}")
            let first = try await agents.start()
            let prometheus = try await PrometheusServer.start(scraping: first.process.url)
            defer { prometheus.stop() }
            try await prometheus.waitUntilUp()
            let count = "min(count_over_time(ges_graph_probe_success{probe=\"version\"}[10m]))"
            try await eventually("Prometheus has samples", every: .milliseconds(500)) {
                // More than are asked for below: those of the last second are not read.
                try await prometheus.value(of: count) ?? 0 >= 12
            }
            try await first.process.kill()
            try configure(agents, "{url: \"\(prometheus.url)\", match: '{job=\"graphwarden\"}'}")
            let killed = Date().timeIntervalSince1970
            let second = try await agents.start()
            try await eventually("the windows are filled", every: .milliseconds(200)) {
                try await second.process.metric("graphwarden_history_filled") == 1
            } lastSeen: {
                "\(second.log.suffix(3_000))"
            }
            let range = "ges_graph_probe_success{probe=\"version\"}[10m]"
            try await eventually("the samples are in the store", every: .milliseconds(200)) {
                let answer = try await second.process.post("/api/v1/query", [("query", range)])
                let found = answer["data"]?["result"]?.arrayValue ?? []
                return found.count == 5
                    && found.allSatisfy { series in
                        let times = series["values"]?.arrayValue?.compactMap { $0[0]?.doubleValue }
                        return (times ?? []).count { $0 < killed } >= 8
                            && series["metric"]?["instance"] == nil
                    }
            } lastSeen: {
                "\(second.log.suffix(3_000))"
            }
            try await eventually("rules see them", every: .milliseconds(200)) {
                let polls = try await second.process.polls()
                return try await value(second, "many") ?? 0 >= Double(min(polls, 8) + 1)
            }
            #expect(try await second.process.metric("graphwarden_history_up") == nil)
            let file = agents.folder.appending(path: "data/history.db").path
            #expect(!FileManager.default.fileExists(atPath: file))
            // What was recorded is also what a backtest reads.
            let configuration = agents.folder.appending(path: "graphwarden.yml").path
            let backtest = try await Program.run(
                Program.graphwarden,
                ["backtest", "--config.file=\(configuration)", "--from=1h"]
            )
            #expect(backtest.status == 0, "\(backtest.text)")
            #expect(backtest.text.contains("of 5 graphs this policy would have made no restart"))
        }
    }

    private static let long = String(repeating: "y", count: 300_000)
    private static let empty = #""data":{"resultType":"matrix","result":[]}"#

    private static let wrongAnswers: [(status: Int, body: String, date: String?, said: String)] = [
        (200, "<html>", nil, "not the answer to a range selector"),
        (200, "{\"warnings\":[\"\(long)\"],\(empty)}", nil, "the answer is not complete: yyy"),
        (200, "{\(empty)}", "Sun, 06 Nov 1994 08:49:37 GMT", "its clock says 1994-11-06"),
        (422, #"{"status":"error","error":"too many\nsamples"}"#, nil, "422: too many samples"),
        (500, long, nil, "status 500"),
    ]

    @Test(
        "goes on without it if it answers with anything else, and says so in a few words",
        arguments: wrongAnswers
    )
    func nonsense(status: Int, body: String, date: String?, said: String) async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let answer = ScriptedServer.Answer(
                path: "/api/v1/query",
                status: status,
                body: body,
                date: date
            )
            try await ScriptedServer.serving([answer], in: agents.folder) { server in
                try configure(agents, "{url: \"\(server.url)\", timeout: 1s}")
                let agent = try await agents.start()
                try await eventually("it is said", every: .milliseconds(200)) {
                    let trouble = try await agent.process.json("/api/v1/status")
                    return "\(trouble)".contains(said) && agent.log.contains(said)
                } lastSeen: {
                    "\(agent.log.suffix(3_000))"
                }
                #expect(agent.log.utf8.count < 50_000)
                #expect(try await agent.process.metric("graphwarden_history_filled") == 0)
                #expect(agent.restarts.isEmpty)
            }
        }
    }

    @Test("waits for it neither with a poll nor with its end")
    func silence() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            try await ScriptedServer.serving([], in: agents.folder) { server in
                server.freeze()
                try configure(agents, "{url: \"\(server.url)\", timeout: 2m}")
                let agent = try await agents.start()
                try await agent.process.waitForPolls(5)
                #expect(try await agent.process.metric("graphwarden_history_filled") == 0)
                let asked = ContinuousClock.now
                #expect(try await agent.process.stop() == 0)
                #expect(ContinuousClock.now - asked < .seconds(60))
            }
        }
    }

    @Test("goes on without it if it cannot be reached, says so, and restarts a graph that hangs")
    func unreachable() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let port = try await FreePort.find()
            try configure(agents, "{url: \"http://127.0.0.1:\(port)\", timeout: 1s}")
            let agent = try await agents.start(["--web.enable-lifecycle"])
            try await eventually("it is said", every: .milliseconds(200)) {
                let trouble = try await agent.process.json("/api/v1/status")
                return "\(trouble)".contains("samples from before the start cannot be read")
                    && agent.log.contains("Samples from before the start cannot be read")
            } lastSeen: {
                "\(agent.log.suffix(3_000))"
            }
            #expect(try await agent.process.metric("graphwarden_history_filled") == 0)
            let failures = "graphwarden_history_fill_failures_total"
            #expect(try await agent.process.metric(failures) ?? 0 > 0)
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitUntilVerified(victim)
            #expect(agent.restarts == [victim: 1])
            try configure(agents, "{url: \"http://127.0.0.1:1\"}")
            let reload = try await agent.process.reload()
            #expect(reload.status == 500 && reload.text.contains("history: "), "\(reload)")
        }
    }
}
