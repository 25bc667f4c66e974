import Foundation
import GESSimulator
import TestSupport
import Testing

/// A process that is stopped and goes on (SIGSTOP, SIGCONT), as when its host stands still: it wakes
/// up in the middle of whatever it was about to do.
@Suite("An agent that is frozen")
struct FrozenAgentTests {
    /// The moments are counted by the agent's requests from the intent on, so a slow machine does not
    /// shift them.
    @Test(
        "restarts a graph once at most, wherever in a restart it is frozen",
        arguments: [0, 1, 2, 3, 5, 8, 13, 21, 34, 55]
    )
    func frozen(requests: Int) async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("a restart intent is recorded", every: .milliseconds(5)) {
                agent.log.contains("event=intended")
            } lastSeen: {
                try await agent.account(of: victim)
            }
            let before = agent.requestCount
            try await eventually("\(requests) requests came", every: .milliseconds(5)) {
                agent.requestCount
            } is: { count in
                count >= before + requests
            }
            agent.process.program.signal(SIGSTOP)
            // Longer than the restart takes in the simulated cloud.
            try await Self.passTime()
            let count = agent.requestCount
            try await Self.passTime()
            #expect(agent.requestCount == count, "it is frozen")
            agent.process.program.signal(SIGCONT)
            // A decision that could not be carried out in time is dropped, and waits for minutes.
            try await eventually("the restart has ended", every: .milliseconds(100)) {
                let state = try await agent.state(of: victim)
                return state == "waiting" ? true : try await agent.isVerified(victim)
            } lastSeen: {
                try await agent.account(of: victim)
            }
            let isDropped = try await agent.state(of: victim) == "waiting"
            #expect(agent.restarts == (isDropped ? [:] : [victim: 1]))
            try await agent.expectNoFurtherRestart(inPolls: 10)
        }
    }

    private static func passTime() async throws {
        let end = ContinuousClock.now + .seconds(2)
        try await eventually("two seconds have passed") { ContinuousClock.now >= end }
    }
}
