import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("Nothing is restarted")
struct RestraintTests {
    /// More polls than an alert needs to fire and a restart to follow.
    private static let polls = 30

    @Test("during an outage of the whole API, and after its recovery", arguments: [true])
    func outage(refusesConnections: Bool) async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let isUp = "ges_up{project_id=\"\(agent.projectID)\"}"
            try await agent.cloud.setOutage(refusesConnections ? .refusing : .hanging)
            // At the shipped interval of 30 s this is at least five minutes.
            try await agent.expectNoFurtherRestart(inPolls: refusesConnections ? 40 : 10)
            #expect(try await agent.process.metric(isUp) == 0)
            try await agent.cloud.setOutage(nil)
            try await eventually("the agent reaches the cloud again", every: .milliseconds(100)) {
                try await agent.process.metric(isUp) == 1
            }
            try await agent.expectNoFurtherRestart(inPolls: Self.polls)
            #expect(agent.restarts.isEmpty)
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when all graphs are unhealthy at once", arguments: [3])
    func storm(graphs: Int) async throws {
        try await RunningAgent.with(AgentSetup(graphs: graphs)) { agent in
            try await agent.waitUntilReady()
            agent.cloud.withCloud { cloud, now in
                for id in cloud.graphIDs {
                    cloud.hang(id, .unresponsive, restartsToHeal: 1, at: now)
                }
            }
            try await eventually("all alerts fire", every: .milliseconds(100)) {
                let alerts = try await agent.process.json("/api/v1/alerts")
                return alerts["data"]?["alerts"]?.arrayValue?.count { $0["state"] == "firing" }
            } is: { firing in
                firing == graphs
            }
            try await agent.expectNoFurtherRestart(inPolls: Self.polls)
            #expect(agent.restarts.isEmpty)
            let suppressed = try await agent.process.metric(
                "graphwarden_remediations_suppressed_total{action=\"restart\",reason=\"storm\"}"
            )
            #expect(suppressed ?? 0 > 0)
        }
    }

    @Test(
        "when a graph is in a state for which no restart is documented",
        arguments: ["210"]
    )
    func transitional(status: String) async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            agent.changeGraph(1) { cloud, id, now in
                cloud.setStatus(id, SimulatedGraph.Status(rawValue: status), at: now)
                cloud.setManner(id, .silent)
            }
            try await agent.expectNoFurtherRestart(inPolls: Self.polls)
            #expect(agent.restarts.isEmpty)
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    @Test("when the data plane of the only graph has never been reached")
    func neverReached() async throws {
        let port = try await FreePort.find()
        try await RunningAgent.with(AgentSetup(graphs: 1, dataPlanePort: port)) { agent in
            try await agent.waitUntilReady()
            let graph = try agent.graphID(0)
            try await eventually("the graph is held for lack of data", every: .milliseconds(100)) {
                try await agent.why(graph)["reasons"]?[0]?["reason"]
            } is: { reason in
                reason == "path"
            }
            try await agent.expectNoFurtherRestart(inPolls: Self.polls)
            #expect(agent.restarts.isEmpty)
        }
    }

    /// A person may have restarted the graph while no agent ran.
    @Test("before the list of jobs was read once")
    func unreadJobList() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let failure = ServiceError(status: 500, code: "GES.0001", message: "internal error")
            _ = agents.cloud.withCloud { cloud, _ in
                cloud.faults.schedule(
                    ScheduledFault(.error(failure), on: FaultMatch(operation: .listJobs))
                )
            }
            let agent = try await agents.start()
            let graph = try agent.hangGraph(1, .unresponsive)
            try await eventually("the graph is held", every: .milliseconds(100)) {
                try await agent.why(graph)["reasons"]?.arrayValue?.map { $0["reason"] }
            } is: { reasons in
                reasons?.contains("job_list") ?? false
            }
            try await agent.expectNoFurtherRestart(inPolls: 15)
            #expect(agent.restarts.isEmpty)
            agents.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            try await agent.waitUntilVerified(graph)
            #expect(agent.restarts.count == 1)
        }
    }
}
