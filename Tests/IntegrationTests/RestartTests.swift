import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// All kinds of credentials and both API versions; SimulationTests covers all kinds of hang.
private let setups: [AgentSetup] = [
    AgentSetup(apiVersion: "v2", credentials: .password),
    AgentSetup(apiVersion: "v1", credentials: .accessKey, hang: .importing),
    AgentSetup(apiVersion: "v1", credentials: .token),
    AgentSetup(apiVersion: "v2", credentials: .metadata, hang: .clearing),
]

@Suite("A hung graph")
struct RestartTests {
    @Test("is restarted once, and the recovery is verified", arguments: setups)
    func restartedOnce(setup: AgentSetup) async throws {
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, setup.hang)
            try await agent.waitUntilVerified(victim)
            try await agent.expectNoFurtherRestart(inPolls: 8)
            #expect(agent.restarts == [victim: 1])
            let metrics = try await agent.process.metrics()
            #expect(metrics["graphwarden_remediations_total{action=\"restart\"}"] == 1)
            #expect(
                metrics["graphwarden_remediation_duration_seconds_count{action=\"restart\"}"] == 1
            )
            // On a busy machine a poll may time out.
            try await eventually("the metrics show a running graph", every: .milliseconds(100)) {
                let metrics = try await agent.process.metrics()
                return metrics["ges_graph_status_code{graph_id=\"\(victim)\"}"] == 200
                    && metrics["ges_graph_up{graph_id=\"\(victim)\"}"] == 1
            }
            try await expectIncident(of: victim, setup.hang, agent)
            let status = try await agent.process.stop()
            #expect(status == 0, "\(agent.log.suffix(1_000))")
        }
    }

    /// The alert may fire for a moment after the restart is verified.
    private func expectIncident(
        of victim: String,
        _ hang: HangKind,
        _ agent: RunningAgent
    ) async throws {
        let path = "/api/v1/incidents?graph_id=\(victim)&outcome=verified"
        try await eventually("the incident is closed", every: .milliseconds(100)) {
            try await agent.process.json(path)["data"]?.arrayValue?.count == 1
        }
        let list = try await agent.process.json(path)
        let id = try #require(list["data"]?.arrayValue?.first?["id"]?.stringValue)
        let incident = try #require(try await agent.process.json("/api/v1/incidents/\(id)")["data"])
        let events = incident["events"]?.arrayValue ?? []
        let kinds = events.compactMap { $0["kind"]?.stringValue }
        for kind in ["alertFiring", "intended", "answer", "outcome", "verifying", "ended"] {
            #expect(kinds.contains(kind), "\(kinds)")
        }
        let answer = events.first { $0["kind"]?.stringValue == "answer" }
        #expect(answer?["text"]?.stringValue?.hasPrefix("200 {") == true, "\(events)")
        #expect(incident["parts"]?.objectValue?.map(\.name).last == "verified")
        // The task that was lost can be submitted again, without the user's keys.
        if hang == .importing {
            let request = incident["tasks"]?.arrayValue?.first?["request"]?.stringValue
            #expect(request?.contains("edges.csv") == true, "\(incident)")
        }
        #expect(!"\(incident)".uppercased().contains("PLANTED"))
        #expect((incident["timeToRepairSeconds"]?.doubleValue ?? 0) > 0)
    }
}
