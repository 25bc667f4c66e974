import Cycle
import GESSimulator
import InProcessCloud
import Remediation
import Time
import VirtualTime

/// Random trouble for several agents that share a ledger, and the promises that they keep: a graph
/// is restarted at most once in its cool-down, the budget is kept, nothing is sent under a pause
/// that an agent has confirmed, and a graph that hangs is restarted at last.
package enum SharedLedgerChaos {
    package struct Report: Sendable {
        /// Broken promises, one line each.
        package var faults: [String] = []
        package var restarts = 0
        /// What was done, one line each.
        package var events: [String] = []
        /// The end of the agents' log.
        package var trace = ""
    }

    /// - Parameter rounds: how often something happens.
    package static func run(
        seed: UInt64,
        agents: Int,
        rounds: Int,
        dividesWatch: Bool = false
    ) throws -> Report {
        let settings = SimulationSettings { settings in
            settings.agents = agents
            settings.sharesLedger = true
            settings.dividesWatch = dividesWatch
            settings.seed = seed
            settings.readsValues = true
            settings.graphs = 6
        }
        return try Simulation.run(settings) { world in
            var chaos = Chaos(seed: seed, agents: agents)
            try await world.pass(Policy().startupGrace + .seconds(60))
            for _ in 0..<rounds { try await chaos.round(world) }
            return try await chaos.end(world)
        }
    }
}

/// A run of random events.
private struct Chaos {
    private var random: SeededGenerator
    private let agents: Int
    private var report = SharedLedgerChaos.Report()
    private var stopped: Set<Int> = []
    /// The graphs that were made to hang, in order.
    private var hung: [Int] = []

    init(seed: UInt64, agents: Int) {
        random = SeededGenerator(seed: seed)
        self.agents = agents
    }

    mutating func round(_ world: Simulation) async throws {
        // Three sick graphs of six would be a storm, which waits for a person.
        let sick = hung.count { !isWell($0, world) }
        if hung.count < 5, sick < 2, below(2) == 0 { hang(world) }
        try await world.pass(.seconds(below(240)))
        let agent = below(agents)
        switch below(8) {
        case 0:
            note("kill agent \(agent)", world)
            await world.killAgent(agent)
            stopped.insert(agent)
        case 1:
            note("stop agent \(agent)", world)
            await world.haltAgent(agent)
            stopped.insert(agent)
        case 2:
            let seconds = below(1500)
            note("freeze agent \(agent) for \(seconds) s", world)
            world.suspendAgent(agent, for: .seconds(seconds))
        case 3: meet(.cut, agent, world)
        case 4: meet(.losesAnswers, agent, world)
        case 5: meet(.slow, agent, world)
        case 6: meet(.repeats, agent, world)
        default:
            let until = Timestamp(milliseconds: world.time.wallMilliseconds) + .seconds(600)
            note("pause by agent \(agent)", world)
            world.order(.pause(.fleet, until: until), toAgent: agent)
        }
        try await world.pass(.seconds(below(900)))
        if below(2) == 0 { heal(world) }
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func hang(_ world: Simulation) {
        let graph = hung.count
        hung.append(graph)
        note("graph \(graph) hangs", world)
        world.hang(graph)
    }

    private mutating func meet(
        _ fault: Simulation.EtcdFault,
        _ agent: Int,
        _ world: Simulation
    ) {
        note("etcd \(fault) for agent \(agent)", world)
        world.meet(fault, fromAgent: agent)
    }

    private mutating func heal(_ world: Simulation) {
        for agent in stopped { world.startAgent(agent) }
        stopped = []
        for agent in 0..<agents { world.meet(.none, fromAgent: agent) }
    }

    /// Ends the trouble, waits for what must follow, and checks the promises.
    mutating func end(_ world: Simulation) async throws -> SharedLedgerChaos.Report {
        if hung.isEmpty { hang(world) }
        heal(world)
        // The bound of an unknown outcome, its rest, and the next attempt.
        _ = try await world.pass(atMost: .seconds(8 * 3600), every: .seconds(60)) {
            hung.allSatisfy { isWell($0, world) }
        }
        for graph in hung where !isWell(graph, world) {
            let leader = world.leaders.first ?? 0
            let decision = world.status(ofAgent: leader).machine.decisions[world.id(graph)]
            report.faults.append(
                "graph \(graph) hangs for ever: agent \(leader) says \(decision ?? .idle)"
            )
        }
        check(world)
        report.trace = (report.events + world.time.trace.newest(60)).joined(separator: "\n")
        return report
    }

    private func isWell(_ graph: Int, _ world: Simulation) -> Bool {
        let id = world.id(graph).rawValue
        return world.cloud.withCloud { cloud, now in
            cloud.graphs.first { $0.id == id }?.hangClass(at: now) == nil
        }
    }

    private mutating func check(_ world: Simulation) {
        let records = world.cloud.withCloud { cloud, _ in cloud.log.records(of: .restartGraph) }
        report.restarts = records.count
        let cooldown = Policy().cooldown
        for (graph, sent) in Dictionary(grouping: records, by: { $0.graphID ?? "" }) {
            for (first, second) in zip(sent, sent.dropFirst())
            where second.time - first.time < cooldown {
                report.faults.append("\(graph) was restarted at \(first.time) and \(second.time)")
            }
        }
        let perHour = Policy().budget.first { $0.window == .seconds(3600) }?.count ?? .max
        for record in records {
            let within = records.count {
                $0.time <= record.time && record.time - $0.time < .seconds(3600)
            }
            if within > perHour { report.faults.append("\(within) restarts in an hour") }
        }
    }

    private mutating func note(_ event: String, _ world: Simulation) {
        report.events.append("\(world.time.now): \(event)")
    }
}
