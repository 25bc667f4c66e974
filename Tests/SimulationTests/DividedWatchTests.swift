import Cycle
import GESSimulator
import Rehearsal
import Remediation
import Rules
import Series
import Testing
import Time
import VirtualTime

@Suite("Agents that divide the watch")
struct DividedWatchTests {
    private static let graphs = 12

    private static func settings(_ agents: Int, divided: Bool = true) -> SimulationSettings {
        SimulationSettings { settings in
            settings.agents = agents
            settings.sharesLedger = true
            settings.dividesWatch = divided
            settings.readsValues = true
            settings.graphs = graphs
        }
    }

    /// How many of these agents watch each graph.
    private func watchers(_ agents: [Int], _ world: Simulation) -> [GraphID: Int] {
        var counts: [GraphID: Int] = [:]
        for graph in 0..<Self.graphs { counts[world.id(graph)] = 0 }
        for agent in agents {
            for entry in world.status(ofAgent: agent).inventory.entries.values
            where entry.otherWatcher == nil {
                counts[GraphID(entry.graph.id), default: 0] += 1
            }
        }
        return counts
    }

    private func load(_ agent: Int, _ world: Simulation) -> Int {
        watchers([agent], world).values.reduce(0, +)
    }

    @Test("read each graph once, in about equal parts")
    func parts() throws {
        try Simulation.run(Self.settings(3)) { world in
            try await world.passStartupGrace()
            #expect(watchers([0, 1, 2], world).values.allSatisfy { $0 == 1 })
            for agent in 0..<3 { #expect((1...8).contains(load(agent, world))) }
        }
    }

    @Test("leave no graph unread when one comes, and none for long when one dies")
    func membership() throws {
        try Simulation.run(Self.settings(3)) { world in
            try await world.passStartupGrace()
            await world.killAgent(2)
            // Its lease, a look and a poll.
            try await world.pass(.seconds(30 + 2 + 30 + 10))
            #expect(watchers([0, 1], world).values.allSatisfy { $0 == 1 })
            world.startAgent(2)
            for _ in 0..<60 {
                try await world.pass(.seconds(5))
                #expect(watchers([0, 1, 2], world).values.allSatisfy { (1...2).contains($0) })
            }
            #expect(watchers([0, 1, 2], world).values.allSatisfy { $0 == 1 })
        }
    }

    /// Hangs a graph that this agent watches, and returns the time until its restart.
    private func timeToRestart(
        _ kind: HangKind = .unresponsive,
        watchedBy agent: Int,
        _ settings: SimulationSettings
    ) throws -> Duration {
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            let entries = world.status(ofAgent: agent).inventory.entries
            let victim = try #require(
                (0..<Self.graphs).first { graph in
                    entries[world.id(graph).rawValue].map { $0.otherWatcher == nil } ?? false
                }
            )
            world.hang(victim, kind)
            let start = world.time.now
            let isRestarted = try await world.pass(atMost: .seconds(6 * 3600), every: .seconds(10))
            {
                world.restarts[world.id(victim)] == 1
            }
            #expect(isRestarted, "\(world.account(of: victim))")
            let end = world.time.now
            try await world.pass(.seconds(5_400))
            #expect(world.restarts == [world.id(victim): 1])
            return end - start
        }
    }

    @Test("restart a hung graph once, whoever watches it, hardly later than if all did")
    func restarts() throws {
        let undivided = try timeToRestart(watchedBy: 0, Self.settings(3, divided: false))
        for agent in 0..<3 {
            let divided = try timeToRestart(watchedBy: agent, Self.settings(3))
            #expect(divided <= undivided + .seconds(60), "\(agent): \(divided), \(undivided)")
        }
    }

    @Test("restart for a rule that looks back for longer than the leader has read the graph")
    func windows() throws {
        let undivided = try timeToRestart(
            .importing,
            watchedBy: 0,
            Self.settings(2, divided: false)
        )
        for agent in 0..<2 {
            let divided = try timeToRestart(.importing, watchedBy: agent, Self.settings(2))
            #expect(divided <= undivided + .seconds(60), "\(agent): \(divided), \(undivided)")
        }
    }

    private static let longAlert = """
        groups:
          - name: long
            rules:
              - alert: GraphRunsForLong
                expr: ges_graph_status_code == 200
                for: 30m
        """

    @Test("go on with the alerts of an agent that dies, and of one that returns")
    func alerts() throws {
        var settings = Self.settings(3)
        settings.rules = Self.longAlert
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            let start = world.time.wallMilliseconds
            func alerts(_ agents: [Int]) -> [String: ActiveAlert] {
                let all = agents.flatMap { world.status(ofAgent: $0).alerts }
                return Dictionary(all.map { ($0.labels["graph_id"], $0) }) { first, _ in first }
            }
            #expect(alerts([0, 1, 2]).count == Self.graphs)
            await world.killAgent(2)
            try await world.pass(.seconds(120))
            // Nothing began anew.
            let moved = alerts([0, 1])
            #expect(moved.count == Self.graphs)
            #expect(moved.values.allSatisfy { $0.activeAt.milliseconds < start })
            world.startAgent(2)
            try await world.pass(.seconds(300))
            for agent in 0..<3 {
                let own = world.status(ofAgent: agent).alerts
                #expect(own.count == load(agent, world))
                #expect(own.allSatisfy { $0.activeAt.milliseconds < start + 120_000 })
            }
            try await world.pass(.seconds(1_800))
            let firing = alerts([0, 1, 2]).values
            #expect(firing.count == Self.graphs && firing.allSatisfy { $0.firedAt != nil })
        }
    }

    @Test("restart no graph that answers its clients by the word of its watcher", arguments: 0..<3)
    func served(watcher: Int) throws {
        var settings = Self.settings(3)
        settings.readsCloudEye = true
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            let graph = try #require(
                (0..<Self.graphs).first { watchers([watcher], world)[world.id($0)] == 1 }
            )
            // Slower than the agents wait, so its clients are still answered.
            world.change(graph) { cloud, id, _ in _ = cloud.setManner(id, .slow(.seconds(15))) }
            try await world.pass(.seconds(1_500))
            #expect(world.restarts.isEmpty)
            // The others still know it without the watcher.
            await world.killAgent(watcher)
            try await world.pass(.seconds(3_600))
            #expect(world.restarts.isEmpty)
        }
    }
}
