package import Cycle
import API
import GES
package import GESSimulator
package import InProcessCloud
package import Remediation
package import Time
package import VirtualTime

import Agent

/// The whole agent in virtual time: watcher, cycle, state machine, performer, reload and a ledger
/// in memory or in a file, against the simulated cloud in the same process. No sockets, no real
/// sleeping, one thread: the same settings and the same body give the same trace.
///
/// A test's body runs next to the agent and changes the simulated world through this value; time
/// passes only where it says so.
package struct Simulation: Sendable {
    package let time: VirtualTime
    package let cloud: InProcessCloud
    let agents: [SimulatedAgent]
    /// Which the agents share; nil if each has its ledger alone.
    package let etcd: SimulatedEtcd?
    var agent: SimulatedAgent { agents[0] }

    /// Runs the agent from its start until `body` has returned.
    /// - Parameter prepare: changes the cloud before the agent starts.
    package static func run<Value: Sendable>(
        _ settings: SimulationSettings = SimulationSettings(),
        prepare: (inout SimulatedCloud, Timestamp) -> Void = { _, _ in },
        _ body: @escaping @Sendable (Simulation) async throws -> Value
    ) throws -> Value {
        let time = VirtualTime()
        let cloud = InProcessCloud(
            settings.cloudConfiguration,
            time: time,
            latencies: settings.latencies
        )
        cloud.withCloud { cloud, now in prepare(&cloud, now) }
        let etcd = settings.sharesLedger ? SimulatedEtcd(time) : nil
        let agents = try (0..<max(1, settings.agents)).map { index in
            try SimulatedAgent(
                settings,
                name: "agent-\(index)",
                cloud: cloud,
                etcd: etcd,
                time: time
            )
        }
        let simulation = Simulation(time: time, cloud: cloud, agents: agents, etcd: etcd)
        return try time.run {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, agent) in agents.enumerated() {
                    group.addTask {
                        // Two agents never start at the same moment.
                        if index > 0 { try await time.sleep(for: .seconds(13) * index) }
                        try await agent.run()
                    }
                }
                // Agents that are cancelled and not stopped would never end.
                defer { for agent in agents { agent.stop() } }
                return try await body(simulation)
            }
        }
    }
}

// MARK: - The world

extension Simulation {
    /// Advances virtual time.
    package func pass(_ duration: Duration) async throws {
        try await time.sleep(for: duration)
    }

    /// Advances time until `condition` holds, checking after each `step`; returns false if it did
    /// not hold within `limit`.
    package func pass(
        atMost limit: Duration,
        every step: Duration = .seconds(1),
        until condition: () throws -> Bool
    ) async throws -> Bool {
        let end = time.now + limit
        while time.now < end {
            if try condition() { return true }
            try await time.sleep(for: step)
        }
        return try condition()
    }

    /// Stops the agent gracefully and starts another on the same ledger.
    package func restartAgent() async {
        for agent in agents { await agent.restart() }
    }

    /// Stops every agent gracefully until `startAgent`.
    package func stopAgent() async {
        for agent in agents { await agent.halt() }
    }

    /// Kills every agent: what is not in its ledger is lost.
    package func killAgent() async {
        for agent in agents { await agent.kill() }
    }

    package func startAgent() {
        for agent in agents { agent.resume() }
    }

    /// Every agent starts with an empty ledger the next time.
    package func loseLedger() throws {
        for agent in agents { try agent.loseLedger() }
    }

    /// Copies the ledger of every agent.
    package func backUpLedger() throws {
        for agent in agents { try agent.backUpLedger() }
    }

    /// Every agent starts with the last copy of its ledger the next time.
    package func restoreLedger() throws {
        for agent in agents { try agent.restoreLedger() }
    }

    /// Hands alerts to every agent as its webhook does.
    package func receive(_ alerts: [IncomingAlert]) async throws -> [Reception] {
        var receptions: [Reception] = []
        for agent in agents { receptions += try await agent.receive(alerts) }
        return receptions
    }

    /// Gives every agent the order to restart nothing, or not this graph, for a while.
    package func pause(_ id: String?, for duration: Duration) {
        let until = Timestamp(milliseconds: time.wallMilliseconds) + duration
        order(.pause(id.map { .graph(GraphID($0)) } ?? .fleet, until: until))
    }

    /// Gives every agent the order of a person.
    package func order(_ kind: Order.Kind) {
        for agent in agents { agent.order(kind) }
    }

    /// Lets the `number`th effect of the first agent from now on fail, counted from 1.
    package func fail(effect number: Int, _ failure: EffectFailure) {
        agent.effects.arm(number, failure)
    }

    /// Whether an effect is still to fail.
    package var awaitsFailure: Bool { agent.effects.isArmed }

    /// Suspends the hosts of the agents: nothing runs there until they wake up.
    package func suspend(for duration: Duration) {
        for agent in agents { agent.suspend(until: time.now + duration) }
    }

    /// Reloads the agent's configuration.
    package func reload(_ settings: SimulationSettings) async throws {
        for agent in agents {
            let outcome = try await agent.reload(settings)
            guard outcome == .done else { throw SimulationError(text: "\(outcome)") }
        }
    }

    package func id(_ graph: Int) -> GraphID {
        GraphID(cloud.withCloud { cloud, _ in cloud.graphs[graph].id })
    }

    package func hang(_ graph: Int, _ hangClass: HangKind = .unresponsive) {
        let id = id(graph).rawValue
        cloud.withCloud { cloud, now in
            _ = cloud.hang(id, hangClass, restartsToHeal: 1, at: now)
        }
    }

    package func change(
        _ graph: Int,
        _ change: (inout SimulatedCloud, String, Timestamp) -> Void
    ) {
        let id = id(graph).rawValue
        cloud.withCloud { cloud, now in change(&cloud, id, now) }
    }

    package func schedule(_ fault: ScheduledFault) {
        cloud.withCloud { cloud, _ in _ = cloud.faults.schedule(fault) }
    }

    package func setOutage(_ outage: Outage?) {
        cloud.withCloud { cloud, _ in cloud.outage = outage }
    }

    /// Changes the password in the cloud and, as an operator would, in the agent's file.
    package func changePassword(to password: String) {
        cloud.withCloud { cloud, _ in cloud.changePassword(to: password) }
        for agent in agents { agent.changePassword(to: password) }
    }

    /// Restart requests that the cloud received, by graph.
    package var restarts: [GraphID: Int] {
        let counts = cloud.withCloud { cloud, _ in cloud.restartCounts }
        return Dictionary(uniqueKeysWithValues: counts.map { (GraphID($0), $1) })
    }
}

// MARK: - Observing the agent

extension Simulation {
    package var status: Status { agent.board.current }

    package func decision(_ graph: Int) -> Decision {
        status.machine.decisions[id(graph)] ?? .idle
    }

    /// The label of the graph's state in remediation, as `why` shows it.
    package func state(_ graph: Int) -> String {
        status.machine.explain(id(graph), in: status.view, at: status.at).phase.label
    }

    package func isVerified(_ graph: Int) -> Bool {
        let record = status.machine.snapshot.records.first { $0.id == id(graph) }
        return record?.attempts.last?.ending?.outcome == .verified
    }

    package func attempts(_ graph: Int) -> [AttemptOutcome?] {
        let record = status.machine.snapshot.records.first { $0.id == id(graph) }
        return record?.attempts.map { $0.ending?.outcome } ?? []
    }

    /// The value of a graph's or the fleet's metric, as rules read it.
    package func sample(_ metric: GraphMetric, _ labelValues: [String]) -> Double? {
        status.samples.first { $0.metric == metric && $0.labelValues == labelValues }?.value
    }

    /// One of the agent's own metrics; label values are in the order of their names.
    package func metric(_ name: String, _ labelValues: String...) -> Double? {
        agent.metric(name, labelValues)
    }

    /// Number of completed polls.
    package var polls: Int { agent.polls }
}
