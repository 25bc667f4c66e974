import Foundation
import GESSimulator
import NIOCore
import Remediation
import TestSupport
import Time
import Workbench

/// One round: a fleet starts, faults happen and end, everything settles, and the promises are
/// checked.
final class Round {
    let plan: RoundPlan
    let fleet: Fleet
    let clock: CloudClock
    let pauses: Pauses
    /// What happened, one line each.
    private(set) var story: [String] = []
    /// Whether it needed time that passes faster.
    var wasFast = false
    private var steps: [(at: ContinuousClock.Instant, action: Action)] = []
    private var waiting: [(count: Int, milliseconds: Int, what: Trouble)] = []
    private var decided = 0
    private var began = ContinuousClock.now

    /// What is done at a moment, the ends of faults included.
    private enum Action {
        case begin(Trouble)
        case startAgent(FleetAgent)
        case unfreeze(FleetAgent)
        case startMember(Restartable)
        case unfreezeMember(Restartable)
        case open([Relay], String)
        case setClock(FleetAgent)
        case resume(String?, AgentChoice)
    }

    init(_ plan: RoundPlan, _ fleet: Fleet, _ clock: CloudClock) {
        self.plan = plan
        self.fleet = fleet
        self.clock = clock
        pauses = Pauses(clock)
    }

    func note(_ text: String) {
        let milliseconds = Int((ContinuousClock.now - began) / .milliseconds(1))
        story.append("\(milliseconds)".right(6) + " ms  " + text)
    }

    /// From the start of the faults to the end of the last one.
    func misbehave() async throws {
        began = .now
        for event in plan.events {
            switch event.at {
            case .after(let milliseconds): plan(.begin(event.what), in: milliseconds)
            case .intent(let count, let milliseconds):
                waiting.append((count, milliseconds, event.what))
            }
        }
        let end = began + .milliseconds(RoundPlan.milliseconds)
        await withDiscardingTaskGroup { orders in
            while ContinuousClock.now < end {
                observe()
                while let index = steps.firstIndex(where: { $0.at <= .now }) {
                    carryOut(steps.remove(at: index).action, &orders)
                }
                await Pacing.wait(.milliseconds(20))
            }
            orders.cancelAll()
        }
    }

    private func plan(_ action: Action, in milliseconds: Int) {
        steps.append((.now + .milliseconds(milliseconds), action))
    }

    /// Notices what the agents decided and which traps were sprung.
    private func observe() {
        for agent in fleet.agents { decided += agent.readLog() }
        for (count, milliseconds, what) in waiting where count <= decided {
            plan(.begin(what), in: milliseconds)
        }
        waiting.removeAll { $0.count <= decided }
        for sprung in fleet.traps.takeSprung() {
            note("trap \(sprung.trap.rawValue): agent \(sprung.agent) sends a restart")
            let agent = fleet.agents[sprung.agent]
            if [.kill, .holdAndKill].contains(sprung.trap) {
                agent.process.kill()
                plan(.startAgent(agent), in: sprung.milliseconds)
            }
            if sprung.trap == .freeze {
                agent.process.freeze()
                plan(.unfreeze(agent), in: sprung.milliseconds)
            }
            plan(.open([sprung.relay], "relay of agent \(agent.index)"), in: sprung.milliseconds)
        }
    }

    private func carryOut(_ action: Action, _ orders: inout DiscardingTaskGroup) {
        switch action {
        case .begin(let trouble): begin(trouble, &orders)
        case .startAgent(let agent):
            note("agent \(agent.index) starts")
            try? agent.start()
        case .unfreeze(let agent):
            note("agent \(agent.index) goes on")
            agent.process.unfreeze()
        case .startMember(let member):
            note("\(member.name) starts")
            try? member.start()
        case .unfreezeMember(let member):
            note("\(member.name) goes on")
            member.unfreeze()
        case .open(let relays, let what):
            note("\(what): open")
            for relay in relays { relay.set(.open) }
        case .setClock(let agent):
            note("agent \(agent.index): the clock is right again")
            try? agent.setClock(by: 0)
        case .resume(let graph, let by):
            let agent = fleet.chosen(by)
            guard agent.isReachable, let url = agent.url else { return }
            note("agent \(agent.index) resumes \(graph ?? "the fleet")")
            orders.addTask { [pauses] in _ = await pauses.resume(graph, by: url) }
        }
    }

    private func begin(_ trouble: Trouble, _ orders: inout DiscardingTaskGroup) {
        switch trouble {
        case .hang(let index, let kind):
            if let id = fleet.hang(index, kind) { note("graph \(id) hangs: \(kind.rawValue)") }
        case .kill(let choice, let milliseconds):
            let agent = fleet.chosen(choice)
            note("agent \(agent.index) is killed")
            agent.process.kill()
            plan(.startAgent(agent), in: milliseconds)
        case .freeze(let choice, let milliseconds):
            let agent = fleet.chosen(choice)
            note("agent \(agent.index) is stopped for \(milliseconds) ms")
            agent.process.freeze()
            plan(.unfreeze(agent), in: milliseconds)
        case .stopEtcd(let index, let milliseconds):
            for member in members(index) {
                note("\(member.name) is killed")
                member.kill()
                plan(.startMember(member), in: milliseconds)
            }
        case .freezeEtcd(let index, let milliseconds):
            for member in members(index) {
                note("\(member.name) is stopped for \(milliseconds) ms")
                member.freeze()
                plan(.unfreezeMember(member), in: milliseconds)
            }
        case .etcd(let choice, let manner, let milliseconds):
            let agent = fleet.chosen(choice)
            set(agent.etcd, manner, "agent \(agent.index) to etcd", milliseconds)
        case .cloud(let choice, let manner, let milliseconds):
            let agent = fleet.chosen(choice)
            let relays = [agent.management, agent.dataPlane]
            set(relays, manner, "agent \(agent.index) to the cloud", milliseconds)
        case .clock(let choice, let seconds, let milliseconds):
            let agent = fleet.chosen(choice)
            note("agent \(agent.index): the clock is set by \(seconds) s")
            try? agent.setClock(by: seconds)
            plan(.setClock(agent), in: milliseconds)
        case .pause(let index, let by, let resumedBy, let milliseconds):
            pause(index.map(fleet.graphID), by, resumedBy, milliseconds, &orders)
        case .trap(let trap, let milliseconds):
            fleet.traps.arm(trap, milliseconds: milliseconds)
        }
    }

    private func members(_ index: Int?) -> [Restartable] {
        index.map { [fleet.members[$0]] } ?? fleet.members
    }

    private func set(
        _ relays: [Relay],
        _ manner: Relay.Manner,
        _ what: String,
        _ milliseconds: Int
    ) {
        note("\(what): \(manner) for \(milliseconds) ms")
        for relay in relays { relay.set(manner) }
        plan(.open(relays, what), in: milliseconds)
    }

    private func pause(
        _ graph: String?,
        _ by: AgentChoice,
        _ resumedBy: AgentChoice,
        _ milliseconds: Int,
        _ orders: inout DiscardingTaskGroup
    ) {
        let agent = fleet.chosen(by)
        guard agent.isReachable, let url = agent.url else { return }
        note("agent \(agent.index) pauses \(graph ?? "the fleet")")
        orders.addTask { [pauses] in await pauses.pause(graph, by: url) }
        plan(.resume(graph, resumedBy), in: milliseconds)
    }
}
