package import Remediation

/// What an agent knows of the others at the time of a step.
package struct ClusterReading: Hashable, Sendable {
    package var role: Role
    /// The other agents with a live lease that still poll, by name.
    package var others: [MemberReport]
    /// The hash of this agent's own policy.
    package var policyHash: String
    /// The shared state, if it was read anew since the last step.
    package var state: SharedState?

    package init(
        role: Role,
        others: [MemberReport] = [],
        policyHash: String,
        state: SharedState? = nil
    ) {
        self.role = role
        self.others = others
        self.policyHash = policyHash
        self.state = state
    }

    package enum Role: Hashable, Sendable {
        /// `epoch` identifies this leadership. It counts until `until`, in elapsed time since the
        /// boot of the host, unless the lease is renewed.
        case leader(epoch: Int64, until: Duration)
        /// Another agent leads.
        case follower(leader: String)
        /// Nobody is known to lead, and why not.
        case none(String)
    }

    /// The epoch of the own leadership at this time; nil if another agent may lead by now.
    package func epoch(at elapsed: Duration) -> Int64? {
        guard case .leader(let epoch, let until) = role, elapsed < until else { return nil }
        return epoch
    }

    /// Every graph that another agent suspects.
    package var suspectedByOthers: Set<String> { Set(others.flatMap(\.suspects)) }

    /// Agents that would decide otherwise, by name.
    package var dissenters: [String] {
        others.filter { $0.policyHash != policyHash }.map(\.name).sorted()
    }

    /// Whether another agent sees the graph alive.
    package func isSeenAlive(_ graphID: String) -> Bool {
        others.contains { $0.sights[graphID] == .alive }
    }

    /// Why the graph may not be believed to hang, whatever this agent sees; nil if nobody objects.
    package func objection(to graphID: String) -> String? {
        if let alive = others.first(where: { $0.sights[graphID] == .alive }) {
            return "\(alive.name) sees it alive"
        }
        // One that has not polled yet has nothing to say, and may never poll.
        if let silent = others.first(where: { $0.poll > 0 && $0.sights[graphID] == nil }) {
            return "\(silent.name) has not said yet what it sees of it"
        }
        return nil
    }
}

/// What the agents share: the record of every graph and the pauses, with the version that both
/// have together.
package struct SharedState: Hashable, Sendable {
    package var machine: MachineSnapshot
    package var version: Int64
    /// Whether nobody has written anything yet.
    package var isNew: Bool

    package init(machine: MachineSnapshot, version: Int64, isNew: Bool = false) {
        self.machine = machine
        self.version = version
        self.isNew = isNew
    }
}
