import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

@Suite("Agents that share a fleet through etcd")
struct SharedFleetTests {
    @Test("act once, and another one acts when the leader is killed")
    func failover() async throws {
        try await AgentFleet.with(agents: 2) { fleet in
            let ranked = try await fleet.ranked()
            let first = try ranked[0].hangGraph(1, .unresponsive)
            try await ranked[0].waitUntilVerified(first)
            #expect(fleet.restarts == [first: 1])
            try await ranked[0].process.kill()
            let second = try ranked[1].hangGraph(2, .unresponsive)
            try await ranked[1].waitUntilVerified(second)
            #expect(fleet.restarts == [first: 1, second: 1])
            // It knows what the other one did.
            #expect(try await ranked[1].why(first)["state"] == "cooling_down")
        }
    }

    @Test("divide the watch, restart what any of them watches, and take over from one that dies")
    func dividedWatch() async throws {
        let count = 20
        var setup = AgentSetup()
        setup.sections.append("diagnosis: {observe: 5s}")
        try await AgentFleet.with(agents: 2, graphs: count, dividesWatch: true, setup) { fleet in
            let ranked = try await fleet.ranked()
            let all = Double(count)
            func watched() async throws -> [Double] {
                var watched: [Double] = []
                for agent in ranked {
                    let metric = try await agent.process.metric("graphwarden_watched_graphs")
                    watched.append(metric ?? 0)
                }
                return watched
            }
            try await eventually("each graph has one watcher", every: .milliseconds(100)) {
                let counts = try await watched()
                return counts.reduce(0, +) == all && counts.allSatisfy { $0 < all }
            } lastSeen: {
                "\(try await watched()) of \(all)"
            }
            // One graph that the leader does not watch.
            let metrics = try await ranked[1].process.metrics()
            let graph = try #require(
                try (0..<count).first { index in
                    let id = try ranked[1].graphID(index)
                    return metrics["ges_graph_status_code{graph_id=\"\(id)\"}"] != nil
                }
            )
            let victim = try ranked[0].hangGraph(graph, .unresponsive)
            try await ranked[0].waitUntilVerified(victim)
            // The series are those of the agent that watches it.
            let status = "ges_graph_status_code{graph_id=\"\(victim)\"}"
            #expect(try await ranked[0].process.metric(status) == nil)
            #expect(try await ranked[1].process.metric(status) == 200)
            try await ranked[0].process.kill()
            try await eventually("the other watches all", every: .milliseconds(100)) {
                try await ranked[1].process.metric("graphwarden_watched_graphs") == all
            }
            #expect(fleet.restarts == [victim: 1])
        }
    }

    @Test("do not wait for the word of an agent that is frozen")
    func frozenFollower() async throws {
        try await AgentFleet.with(agents: 2) { fleet in
            let ranked = try await fleet.ranked()
            let follower = ranked[1]
            let victim = try ranked[0].hangGraph(1, .unresponsive)
            // After its lease it is no agent any more.
            follower.process.program.signal(SIGSTOP)
            try await ranked[0].waitForRestart(of: victim)
            #expect(fleet.restarts == [victim: 1])
            follower.process.program.signal(SIGCONT)
        }
    }

    @Test("send nothing when the leader wakes after another has taken over")
    func frozenLeader() async throws {
        try await AgentFleet.with(agents: 2) { fleet in
            let ranked = try await fleet.ranked()
            ranked[0].process.program.signal(SIGSTOP)
            let victim = try ranked[1].hangGraph(1, .unresponsive)
            try await ranked[1].waitUntilVerified(victim)
            ranked[0].process.program.signal(SIGCONT)
            try await ranked[0].process.waitForPolls(5)
            #expect(fleet.restarts == [victim: 1])
            #expect(try await ranked[0].process.metric("graphwarden_leader") == 0)
        }
    }

    /// It wakes up in the middle of its last look at the graph, which still hangs: the new leader
    /// does not repeat a request that may have been sent.
    @Test("send nothing that the leader decided before another took over")
    func frozenBeforeSending() async throws {
        try await AgentFleet.with(agents: 2) { fleet in
            let ranked = try await fleet.ranked()
            let victim = try await freezeBeforeSending(ranked[0], of: fleet)
            try await eventually("the other agent leads", every: .milliseconds(100)) {
                try await ranked[1].process.metric("graphwarden_leader") == 1
            }
            ranked[0].process.program.signal(SIGCONT)
            try await ranked[0].process.waitForPolls(10)
            #expect(fleet.restarts[victim] == nil)
            #expect(try await ranked[1].state(of: victim) == "unknown_outcome")
        }
    }

    /// Returns the graph whose restart is decided and not sent. On a busy machine the leader may be
    /// faster, and another graph is tried.
    private func freezeBeforeSending(
        _ leader: RunningAgent,
        of fleet: AgentFleet
    ) async throws -> String {
        for index in 1..<AgentSetup.fleet.graphCount {
            let victim = try leader.hangGraph(index, .unresponsive)
            try await eventually("a restart intent is recorded", every: .milliseconds(5)) {
                leader.log.split(separator: "\n").contains {
                    $0.contains("event=intended") && $0.contains(victim)
                }
            } lastSeen: {
                try await leader.account(of: victim)
            }
            leader.process.program.signal(SIGSTOP)
            guard fleet.restarts[victim] != nil else { return victim }
            leader.process.program.signal(SIGCONT)
            try await leader.waitUntilVerified(victim)
        }
        return try #require(nil, "the leader always sent before it was frozen")
    }

    @Test("do nothing while their policies differ")
    func dissent() async throws {
        try await AgentFleet.with(
            agents: 2,
            change: { index, setup in
                if index == 1 { setup.remediation.append("cooldown: 2h") }
            }
        ) { fleet in
            let ranked = try await fleet.ranked()
            let victim = try ranked[0].hangGraph(1, .unresponsive)
            try await eventually("the leader says why it does not act", every: .milliseconds(200)) {
                try await ranked[0].account(of: victim).contains("policy_differs")
            }
            try await ranked[0].process.waitForPolls(10)
            #expect(fleet.restarts.isEmpty)
            try await ranked[1].process.kill()
            try await ranked[0].waitForRestart(of: victim)
        }
    }

    @Test("only observe when etcd is restored from a backup that lacks a restart")
    func restoredBackup() async throws {
        try await AgentFleet.with(agents: 2) { fleet in
            let ranked = try await fleet.ranked()
            try await fleet.etcd.backUp()
            let first = try ranked[0].hangGraph(1, .unresponsive)
            try await ranked[0].waitUntilVerified(first)
            try await fleet.etcd.members[0].kill()
            let restored = try await fleet.etcd.startFromBackup()
            defer { restored.signal(SIGKILL) }
            try await eventually("both say what to do", every: .milliseconds(200)) {
                ranked.allSatisfy { $0.log.contains("--storage.accept-older-ledger") }
            } lastSeen: {
                ranked.map { "\($0.log.suffix(2_000))" }.joined(separator: "\n---\n")
            }
            _ = try ranked[0].hangGraph(2, .unresponsive)
            try await ranked[0].process.waitForPolls(20)
            #expect(fleet.restarts == [first: 1])
            for agent in ranked {
                #expect(try await agent.process.metric("graphwarden_leader") == 0)
            }
        }
    }

    @Test("obey a pause that was given to one that does not lead")
    func pause() async throws {
        var setup = AgentSetup()
        setup.acceptsOrders = true
        try await AgentFleet.with(agents: 2, setup) { fleet in
            let ranked = try await fleet.ranked()
            let answer = try await ranked[1].process.order(
                "pause",
                #"{"id":"p1","by":"alice","reason":"maintenance","scope":"fleet","for":"1h"}"#
            )
            #expect(answer.status == 200, "\(answer.body)")
            let victim = try ranked[0].hangGraph(1, .unresponsive)
            try await eventually("the leader holds it", every: .milliseconds(200)) {
                try await ranked[0].account(of: victim).contains("paused until")
            }
            try await ranked[0].process.waitForPolls(10)
            #expect(fleet.restarts.isEmpty)
        }
    }
}
