import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("The samples that an agent keeps, read by other commands", .serialized)
struct KeptSampleTests {
    private struct Decision: Hashable {
        let graphID: String?
        let action: String?
        let hang: String?
        let alertname: String?
    }

    private func backtest(
        _ agents: SuccessiveAgents,
        _ arguments: String...
    ) async throws -> (status: Int32, text: String) {
        let file = agents.folder.appending(path: "graphwarden.yml").path
        return try await Program.run(
            Program.graphwarden,
            ["backtest", "--config.file=\(file)", "--as-configured"] + arguments
        )
    }

    /// The decisions of a backtest, with their times.
    private func decisions(
        _ agents: SuccessiveAgents,
        _ source: String
    ) async throws -> [(decision: Decision, at: Date)] {
        let report = agents.folder.appending(path: "report.json")
        let result = try await backtest(agents, "-o", "json", "--output=\(report.path)", source)
        #expect(result.status == 0, "\(result.text)")
        #expect(!result.text.contains("the recording lacks"), "\(result.text)")
        let json = try JSONValue.parse(Array(try Data(contentsOf: report)))
        let all = json["policies"]?[0]?["decisions"]?.arrayValue ?? []
        return try all.map { found in
            let decision = Decision(
                graphID: found["graph_id"]?.stringValue,
                action: found["action"]?.stringValue,
                hang: found["hang"]?.stringValue,
                alertname: found["alertname"]?.stringValue
            )
            return (decision, try date(found["time"]))
        }
    }

    private func date(_ value: JSONValue?) throws -> Date {
        let text = try #require(value?.stringValue)
        let hasFraction = text.contains(".")
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
        return try Date(text, strategy: style)
    }

    @Test("lead a backtest to the decision of the agent, while it runs and after its end")
    func backtest() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let agent = try await agents.start()
            try await agent.process.waitForPolls(20)
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitUntilVerified(victim)
            let history = try await agent.process.json("/api/v1/history?kind=intended")
            let lines = history["data"]?["lines"]
            #expect(lines?.arrayValue?.count == 1)
            let live = try date(lines?[0]?["at"])
            let incidents = try await agent.process.json("/api/v1/incidents?graph_id=\(victim)")
            let incident = incidents["data"]?[0]
            let alertname = try #require(incident?["alertname"]?.stringValue)
            let data = agents.folder.appending(path: "data").path
            let running = try await backtest(agents, "--storage.path=\(data)")
            #expect([0, 2].contains(running.status), "\(running.text)")
            #expect(try await agent.process.stop() == 0)
            let expected = Decision(
                graphID: victim,
                action: "restart",
                hang: "unresponsive",
                alertname: alertname
            )
            for source in ["\(data)/history.db", "--storage.path=\(data)"] {
                let found = try await decisions(agents, source)
                #expect(found.map(\.decision) == [expected])
                let apart = found.first.map { abs($0.at.timeIntervalSince(live)) } ?? .infinity
                #expect(apart < 5)
            }
            // A second agent writes the file while it is read.
            let second = try await agents.start()
            #expect(try await decisions(agents, "\(data)/history.db").map(\.decision) == [expected])
            #expect(try await second.process.metric("graphwarden_history_up") == 1)
        }
    }

    @Test("are told apart from nothing: what a backtest asks for and does not find is said")
    func missing() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let agent = try await agents.start()
            try await agent.process.waitForPolls(30)
            #expect(try await agent.process.stop() == 0)
            let file = agents.folder.appending(path: "data/history.db").path
            let early = try await backtest(agents, "--since=90d", file)
            #expect(early.status == 0 && early.text.contains("later than --from"), "\(early.text)")
            let before = try await backtest(agents, "--from=90d", "--to=80d", file)
            #expect(before.status == 2 && before.text.contains("has samples between"))
            let other = try await backtest(agents, "--match={generation=\"77\"}", file)
            #expect(other.status == 2 && other.text.contains("none that --from"), "\(other.text)")
            let ledger = agents.folder.appending(path: "data/ledger.db").path
            let foreign = try await backtest(agents, ledger)
            #expect(foreign.status == 2 && foreign.text.contains("of another program"))
            let none = try await backtest(agents, "--storage.path=\(agents.folder.path)/none")
            #expect(none.status == 2 && none.text.contains("is no file of samples"))
        }
    }

    @Test("are served by explore, and label sets are listed, while the agent goes on")
    func explore() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            try await first.process.waitForPolls(40)
            #expect(try await first.process.stop() == 0)
            let second = try await agents.start()
            let id = try second.graphID(0)
            let file = agents.folder.appending(path: "data/history.db")
            let target = try await QueryTarget.graphwarden(file)
            let query = "ges_graph_probe_success{graph_id=\"\(id)\",probe=\"version\"}[1h]"
            let answer = try await target.post("/api/v1/query", [("query", query)])
            let found = try JSONValue.parse(answer.body)["data"]?["result"]
            #expect(found?.arrayValue?.count == 1, "\(answer)")
            #expect(found?[0]?["values"]?.arrayValue?.count ?? 0 >= 40)
            let now = Date().timeIntervalSince1970
            let names = try await target.get(
                "/api/v1/label/graph_id/values?start=\(now - 60)&end=\(now)"
            )
            let ids = try JSONValue.parse(names.body)["data"]?.arrayValue ?? []
            #expect(ids.count == 5 && ids.contains(.string(id)))
            try await target.stop()
            #expect(try await second.process.metric("graphwarden_history_up") == 1)
        }
    }
}
