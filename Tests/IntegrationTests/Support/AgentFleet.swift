import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

/// Several agents that share the fleet of one simulated cloud through one etcd.
final class AgentFleet: Sendable {
    let cloud: SimulatedCloudServer
    let etcd: EtcdServer
    let agents: [RunningAgent]

    private init(_ cloud: SimulatedCloudServer, _ etcd: EtcdServer, _ agents: [RunningAgent]) {
        self.cloud = cloud
        self.etcd = etcd
        self.agents = agents
    }

    /// - Parameter change: what differs in the setup of the agent with this index.
    static func with(
        agents count: Int,
        etcdMembers: Int = 1,
        graphs: Int = AgentSetup.fleet.graphCount,
        dividesWatch: Bool = false,
        _ setup: AgentSetup = AgentSetup(),
        change: @Sendable (Int, inout AgentSetup) -> Void = { _, _ in },
        _ test: @Sendable (AgentFleet) async throws -> Void
    ) async throws {
        let etcd = try await EtcdServer.start(members: etcdMembers)
        defer { etcd.stop() }
        var simulated = AgentSetup.fleet
        simulated.graphCount = graphs
        try await SimulatedCloudServer.serving(simulated) { cloud in
            var agents: [RunningAgent] = []
            var folders: [Scratch] = []
            defer {
                for agent in agents {
                    agent.process.program.signal(SIGCONT)
                    agent.process.program.signal(SIGKILL)
                }
                for folder in folders { folder.remove() }
            }
            for index in 0..<count {
                let scratch = try Scratch()
                folders.append(scratch)
                var own = setup
                own.sections.append(ledger(etcd, name: "agent-\(index)", dividesWatch))
                change(index, &own)
                try own.write(to: scratch, for: cloud)
                let process = try await AgentProcess.start(
                    in: scratch.folder,
                    arguments: own.arguments
                )
                agents.append(RunningAgent(cloud: cloud, process: process, folder: scratch.folder))
            }
            let fleet = AgentFleet(cloud, etcd, agents)
            do {
                for agent in agents { try await agent.waitUntilReady() }
                try await test(fleet)
            } catch {
                let logs = agents.map { $0.log.suffix(4_000) }.joined(separator: "\n---\n")
                Issue.record("\(error)\n\(logs)")
            }
        }
    }

    private static func ledger(
        _ etcd: EtcdServer,
        name: String,
        _ dividesWatch: Bool
    ) -> String {
        let endpoints = etcd.members.map { "\"\($0.url)\"" }.joined(separator: ", ")
        return "ledger: {name: \(name), lease: 3s, divide_watch: \(dividesWatch),"
            + " etcd: {endpoints: [\(endpoints)]}}"
    }

    /// Restart requests that the cloud received, by graph.
    var restarts: [String: Int] { cloud.withCloud { cloud, _ in cloud.restartCounts } }

    /// The agents, but the one that leads, which comes first. Waits until there is one.
    func ranked(_ candidates: [RunningAgent]? = nil) async throws -> [RunningAgent] {
        let all = candidates ?? agents
        var ranked: [RunningAgent] = []
        try await eventually("one agent leads", every: .milliseconds(100)) {
            var leads: [RunningAgent] = []
            var others: [RunningAgent] = []
            for agent in all {
                if try await agent.process.metric("graphwarden_leader") == 1 {
                    leads.append(agent)
                } else {
                    others.append(agent)
                }
            }
            ranked = leads + others
            return leads.count == 1
        } lastSeen: {
            all.map { "\($0.log.suffix(3_000))" }.joined(separator: "\n---\n")
        }
        return ranked
    }
}
