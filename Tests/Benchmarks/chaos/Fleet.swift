import Etcd
import Foundation
import GESSimulator
import JSON
import NIOCore
import Remediation
import TestSupport
import Time
import Workbench

/// Where the simulated cloud is, as the relays see it.
struct CloudPlace {
    let configuration: SimulatorConfiguration
    let managementPort: Int
    let dataPlanePort: Int

    init(_ server: SimulatedCloudServer) {
        configuration = server.configuration
        dataPlanePort = server.endpoints.dataPlanePort
        managementPort = Int(server.endpoints.management.split(separator: ":").last ?? "") ?? 0
    }
}

/// The processes of one round: etcd, the agents and the relays between them and the cloud.
final class Fleet {
    let cloud: SimulatedCloudServer
    let folder: URL
    let members: [Restartable]
    private let memberURLs: [String]
    let agents: [FleetAgent]
    let traps: Traps

    init(
        _ plan: RoundPlan,
        _ cloud: SimulatedCloudServer,
        binary: URL,
        in folder: URL,
        on group: any EventLoopGroup
    ) async throws {
        self.cloud = cloud
        self.folder = folder
        traps = Traps()
        let etcd = try Programs.debian("etcd")
        let commands = EtcdMember.cluster(
            try (0..<plan.members).map { _ in (try Ports.take(), try Ports.take()) },
            // Elections of a second, so that a lease of three is possible.
            arguments: ["--heartbeat-interval=50", "--election-timeout=500"]
        )
        memberURLs = commands.map(\.url)
        members = commands.map { Restartable($0.name, etcd, $0.arguments, in: folder) }
        var agents: [FleetAgent] = []
        for index in 0..<plan.agents {
            let place = FleetAgent.Place(
                index: index,
                folder: folder,
                binary: binary,
                etcdPorts: commands.compactMap { URL(string: $0.url)?.port },
                cloud: CloudPlace(cloud),
                limits: plan.limits,
                isSigned: plan.isSigned
            )
            agents.append(try await FleetAgent(place, traps: traps, on: group))
        }
        self.agents = agents
    }

    func start() async throws {
        for member in members { try member.start() }
        for agent in agents { try agent.start() }
        try await waitForLeader()
    }

    func waitForLeader() async throws {
        try await eventually("an agent leads", every: .milliseconds(50), within: .seconds(60)) {
            for agent in agents { _ = agent.readLog() }
            return leader != nil && agents.allSatisfy(\.hasSeenFleet)
        } lastSeen: {
            agents.map { $0.endOfLog }.joined(separator: "\n---\n")
        }
    }

    /// The agent that began to lead last, as far as its log tells.
    var leader: FleetAgent? {
        agents.filter { $0.leadsSince != nil }
            .max { ($0.leadsSince ?? .now) < ($1.leadsSince ?? .now) }
    }

    func chosen(_ choice: AgentChoice) -> FleetAgent {
        switch choice {
        case .index(let index): agents[index]
        case .leader: leader ?? agents[0]
        }
    }

    func heal() throws {
        traps.disarm()
        for member in members {
            if member.isFrozen { member.unfreeze() }
            try member.start()
        }
        for agent in agents { try agent.heal() }
    }

    func stop() async {
        for agent in agents { await agent.stop() }
        for member in members { member.stop() }
    }

    // MARK: - What etcd says

    struct Shared {
        var records: [GraphRecord]
        var pauses: [Pause]
    }

    /// Reads the shared ledger. The client goes on to the next member if one does not answer.
    func readShared() async throws -> Shared {
        let client = try EtcdClient(
            EtcdConfiguration(endpoints: memberURLs, timeout: .seconds(2))
        )
        defer { client.shutdown() }
        let prefix = "/graphwarden/\(cloud.configuration.projectID)/"
        let result = try await client.commit(
            EtcdTransaction(success: [.getPrefix(prefix + "graphs/"), .get(key: prefix + "pauses")])
        )
        let decoder = StrictJSONDecoder()
        return Shared(
            records: try result.results[0].map {
                try decoder.decode(GraphRecord.self, from: $0.value)
            },
            pauses: try result.results[1].first.map {
                try decoder.decode([Pause].self, from: $0.value)
            } ?? []
        )
    }

    // MARK: - What the cloud says

    /// The graphs that hang now, or are not running.
    var sickGraphs: [String] {
        cloud.withCloud { cloud, now in
            cloud.graphs.filter { $0.hangClass(at: now) != nil || $0.status(at: now) != .running }
                .map(\.id)
        }
    }

    /// Does nothing to a graph that does not run, so that a restart in progress is not undone.
    func hang(_ index: Int, _ kind: HangKind) -> String? {
        cloud.withCloud { cloud, now in
            let graph = cloud.graphs[index]
            guard graph.hangClass(at: now) == nil, graph.status(at: now) == .running,
                cloud.hang(graph.id, kind, restartsToHeal: 1, at: now)
            else { return nil }
            return graph.id
        }
    }

    func graphID(_ index: Int) -> String { cloud.withCloud { cloud, _ in cloud.graphs[index].id } }
}
