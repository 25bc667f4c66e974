import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("A restart with an unknown outcome", .serialized)
struct UnknownOutcomeTests {
    @Test(
        "is never sent again, and is searched for",
        arguments: [(Fault.hang, true), (.drop, false)]
    )
    func lostAnswer(_ fault: Fault, isCarriedOut: Bool) async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.graphID(1)
            agent.schedule(
                ScheduledFault(
                    fault,
                    on: FaultMatch(operation: .restartGraph),
                    carriedOut: isCarriedOut
                )
            )
            try agent.hangGraph(1, .unresponsive)
            let wanted = isCarriedOut ? "cooling_down" : "unknown_outcome"
            try await agent.waitForState(wanted, of: victim)
            try await agent.expectNoFurtherRestart(inPolls: 12)
            #expect(agent.restarts == [victim: 1])
            let why = try await agent.why(victim)
            #expect(why["attempts"]?.arrayValue?.count == 1)
            if isCarriedOut { #expect(try await agent.isVerified(victim)) }
            let used = try await agent.process.metric(
                "graphwarden_remediation_budget_used{scope=\"fleet_1h\"}"
            )
            #expect(used == 1, "it counts until it is certain that nothing happened")
        }
    }

    @Test(
        "that was accepted but has no effect or never ends requires an operator",
        arguments: [.jobFails(reason: "no capacity")] as [RestartCourse]
    )
    func stalled(_ course: RestartCourse) async throws {
        let setup = AgentSetup(remediation: ["cooldown: 1s"])
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            agent.schedule(
                ScheduledFault(.restart(course), on: FaultMatch(operation: .restartGraph))
            )
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForState("stalled", of: victim)
            try await agent.expectNoFurtherRestart(inPolls: 12)
            #expect(agent.restarts == [victim: 1])
            #expect(try await agent.process.metric("graphwarden_quarantined_graphs") == 1)
            let page = String(decoding: try await agent.process.get("/").body, as: UTF8.self)
            #expect(page.contains("a person must acknowledge"))
            let line = try #require(
                agent.log.split(separator: "\n").first {
                    $0.contains("the restart stalled")
                }
            )
            #expect(line.contains("level=error") && line.contains(victim))
        }
    }
}
