/// How agents divide the watch of a fleet. Each graph belongs to one of the live agents, by
/// rendezvous hashing.
///
/// Agents learn of a change at different times. Therefore an agent goes on with the graphs that it
/// had until the new owner has polled by the new division: no graph is left unread in between, and
/// agents that restart one after another move no graph twice.
package struct WatchDivision: Hashable, Sendable {
    package struct Agent: Hashable, Sendable {
        package var id: String
        /// What is hashed: a restarted agent gets the graphs that it had.
        package var name: String

        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    /// Sorted by name.
    package private(set) var agents: [Agent]
    /// The agents of the last division by which all of them have polled.
    package private(set) var before: [Agent]
    /// The ids of those that have polled by this division.
    package private(set) var ready: Set<String> = []
    package let own: Agent

    /// An agent that knows of no other reads every graph.
    package init(own: Agent) {
        self.own = own
        agents = [own]
        before = [own]
    }

    /// Equal for equal divisions.
    package var id: String { agents.map(\.id).joined(separator: ",") }

    /// - Parameter others: the live agents that divide the watch, each with the id of the division
    ///   by which its newest poll was made.
    package mutating func take(_ others: [(agent: Agent, division: String)]) {
        agents = (others.map(\.agent) + [own]).sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        let id = id
        ready = Set(others.filter { $0.division == id }.map(\.agent.id))
        if agents.allSatisfy({ $0 == own || ready.contains($0.id) }) { before = agents }
    }

    /// To whom the graph belongs.
    package func owner(of graphID: String) -> Agent {
        Self.owner(of: graphID, among: agents) ?? own
    }

    /// The agent that reads the graph as long as nobody suspects it.
    package func watcher(of graphID: String) -> Agent {
        let owner = owner(of: graphID)
        guard owner != own, !ready.contains(owner.id),
            Self.owner(of: graphID, among: before) == own
        else { return owner }
        return own
    }

    private static func owner(of graphID: String, among agents: [Agent]) -> Agent? {
        RendezvousHash.owner(of: graphID, among: agents, by: \.name)
    }
}

/// What an agent reads in a poll, if agents divide the watch.
///
/// Graphs that any agent suspects, and those that a restart concerns, are read by all: the leader
/// sees itself what it acts on, and any agent that sees such a graph alive prevents a restart. The
/// graphs of other agents are read now and then, so that an agent that takes them over knows which
/// of them have ever answered.
package struct WatchShare: Hashable, Sendable {
    package var division: WatchDivision
    /// The graphs that every agent reads.
    package var shared: Set<String>

    package init(_ division: WatchDivision, shared: Set<String> = []) {
        self.division = division
        self.shared = shared
    }

    /// In how many polls the graph of another agent is read once.
    package static let glanceInterval = 20

    /// The agent that watches the graph instead of this one; nil if this one watches it.
    package func otherWatcher(of graphID: String) -> WatchDivision.Agent? {
        guard division.agents.count > 1 else { return nil }
        let watcher = division.watcher(of: graphID)
        return watcher == division.own ? nil : watcher
    }

    /// Whether this agent reads the graph in every poll.
    package func isRead(_ graphID: String) -> Bool {
        shared.contains(graphID) || otherWatcher(of: graphID) == nil
    }

    /// - Parameter poll: counts the polls.
    package func reads(_ graphID: String, inPoll poll: Int) -> Bool {
        guard !isRead(graphID) else { return true }
        let turn = RendezvousHash.weight(of: graphID, at: "") % UInt64(Self.glanceInterval)
        return Int(turn) == poll % Self.glanceInterval
    }
}
