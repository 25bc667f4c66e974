import GESSimulator
import TestSupport

/// What happens in a round, all of it drawn from its seed.
struct RoundPlan {
    let seed: Int
    let agents: Int
    let members: Int
    let graphs: Int
    let limits: Limits
    /// Whether requests carry signatures instead of tokens.
    let isSigned: Bool
    private(set) var events: [Event] = []

    /// How long faults begin.
    static let milliseconds = 9000

    struct Event {
        let at: Moment
        let what: Trouble
    }

    /// When something happens.
    enum Moment: Equatable {
        /// After the begin of the round.
        case after(milliseconds: Int)
        /// After the decision number `count` of a restart shows in a log.
        case intent(count: Int, milliseconds: Int)
    }

    init(seed: Int, agents: Int, members: Int) {
        var random = SeededRandom(seed: seed &* 1_000_003 &+ agents * 10 &+ members)
        self.seed = seed
        self.agents = agents
        self.members = members
        // Enough that those that hang together are no storm.
        graphs = 7 + random.number(below: 4)
        let isTight = random.chance(0.2)
        limits = Limits(
            places: 1 + random.number(below: 2),
            budget: isTight ? 1 + random.number(below: 2) : 30,
            attempts: random.chance(0.2) ? 1 : 10,
            cooldownSeconds: 3 + random.number(below: 4)
        )
        isSigned = random.chance(0.5)
        events = Self.hangs(graphs, &random)
        for _ in 0..<(2 + random.number(below: 5)) { events.append(trouble(&random)) }
    }

    private static func hangs(_ graphs: Int, _ random: inout SeededRandom) -> [Event] {
        (0..<(2 + random.number(below: 4))).map { _ in
            let kind = random.chance(0.75) ? HangKind.unresponsive : .importing
            return Event(
                at: .after(milliseconds: random.number(below: milliseconds * 3 / 4)),
                what: .hang(graph: random.number(below: graphs), kind)
            )
        }
    }

    private func trouble(_ random: inout SeededRandom) -> Event {
        // Half of all faults meet an agent between its decision and the end of the restart.
        let at: Moment =
            random.chance(0.5)
            ? .after(milliseconds: random.number(below: Self.milliseconds))
            : .intent(
                count: 1 + random.number(below: 3),
                milliseconds: random.number(below: random.chance(0.7) ? 700 : 3000)
            )
        let agent: AgentChoice =
            random.chance(0.6) ? .leader : .index(random.number(below: agents))
        let lasting = 300 + random.number(below: 4700)
        let manner = random.pick([Relay.Manner.silent, .cut])
        let what: Trouble
        switch random.number(below: 12) {
        case 0, 1: what = .kill(agent, milliseconds: lasting)
        case 2, 3: what = .freeze(agent, milliseconds: lasting)
        case 4:
            let member = random.chance(0.5) ? random.number(below: members) : nil
            what = .stopEtcd(member: member, milliseconds: lasting)
        case 5:
            let member = random.chance(0.5) ? random.number(below: members) : nil
            what = .freezeEtcd(member: member, milliseconds: lasting)
        case 6:
            let delay = Int64(50 + random.number(below: 500))
            what = .etcd(agent, .slow(delay), milliseconds: lasting)
        case 7: what = .etcd(agent, manner, milliseconds: lasting)
        case 8: what = .cloud(agent, manner, milliseconds: lasting)
        case 9:
            // The gateway refuses signatures of another quarter of an hour, and soon the key.
            let most = isSigned ? 600 : 7000
            let seconds = (random.chance(0.5) ? 1 : -1) * (30 + random.number(below: most))
            what = .clock(agent, seconds: seconds, milliseconds: lasting)
        case 10:
            let other = random.number(below: agents)
            what = .pause(
                graph: random.chance(0.3) ? 0 : nil,
                by: .index(random.number(below: agents)),
                resumedBy: .index(other),
                milliseconds: lasting
            )
        default: what = .trap(random.pick(Trap.allCases), milliseconds: lasting)
        }
        return Event(at: at, what: what)
    }
}

enum AgentChoice: Equatable {
    case index(Int)
    /// The agent that leads at that time.
    case leader
}

enum Trouble {
    case hang(graph: Int, HangKind)
    /// And started again.
    case kill(AgentChoice, milliseconds: Int)
    case freeze(AgentChoice, milliseconds: Int)
    /// One member, or all.
    case stopEtcd(member: Int?, milliseconds: Int)
    case freezeEtcd(member: Int?, milliseconds: Int)
    /// Between an agent and every member.
    case etcd(AgentChoice, Relay.Manner, milliseconds: Int)
    /// Between an agent and both planes.
    case cloud(AgentChoice, Relay.Manner, milliseconds: Int)
    case clock(AgentChoice, seconds: Int, milliseconds: Int)
    /// The fleet, or a graph.
    case pause(graph: Int?, by: AgentChoice, resumedBy: AgentChoice, milliseconds: Int)
    /// Waits for the next request of a restart, whoever sends it.
    case trap(Trap, milliseconds: Int)
}

/// What happens to the sender of the request for a restart, when the relay has it.
enum Trap: String, CaseIterable {
    /// The request passes, and the sender is killed before the answer.
    case kill
    case freeze
    /// The request passes, and nothing after it.
    case loseAnswer = "lose_answer"
    /// The request waits in the relay, and passes later.
    case hold
    /// It waits, and the sender is killed meanwhile.
    case holdAndKill = "hold_and_kill"
    case reset
}
