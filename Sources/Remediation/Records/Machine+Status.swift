import Diagnosis
package import Time

/// What metrics and the status page show of the current state.
extension Machine {
    /// The graphs that hold one of the places of `Policy.maxConcurrent`, by id.
    package var inFlight: [GraphID] {
        awakeRecords.values.filter(\.phase.isInFlight).map(\.id).sorted()
    }

    package var approvalsPending: Int {
        awakeRecords.values.count {
            if case .awaitingApproval = $0.phase { true } else { false }
        }
    }

    /// Exhausted and stalled graphs, by id: they wait for a person.
    package var awaitingAcknowledgement: [GraphID] {
        awakeRecords.values
            .filter { record in
                switch record.phase {
                case .exhausted, .stalled: true
                default: false
                }
            }
            .map(\.id).sorted()
    }

    /// The worst storm that a graph with this policy may be held by; nil if there is none.
    package func stormLevel(under policy: Policy) -> StormLevel? {
        populations.worst(policy.breaker)
    }

    /// How much of each window of the fleet's POSTs is used.
    package func postUse(of policy: Policy, at instant: Timestamp) -> [BudgetUse] {
        let posts = awakeRecords.values.flatMap {
            $0.attempts.filter(\.mayHaveBeenSent).map(\.createdAt)
        }
        return policy.posts.map { limit in
            BudgetUse(limit: limit, used: posts.count { $0 > instant - limit.window })
        }
    }

    /// How much of each window of the fleet's budget is used.
    package func budgetUse(of policy: Policy, at instant: Timestamp) -> [BudgetUse] {
        let spent = awakeRecords.values.flatMap { $0.attempts.filter(\.counts).map(\.createdAt) }
        return policy.budget.map { limit in
            BudgetUse(limit: limit, used: spent.count { $0 > instant - limit.window })
        }
    }

    /// How much of each window of the fleet's kill budget is used.
    package func killUse(of policy: Policy, at instant: Timestamp) -> [KillUse] {
        let attempts = awakeRecords.values.flatMap { $0.attempts.filter(\.counts) }
        return policy.killBudget.map { limit in
            let killed = attempts.filter { $0.createdAt > instant - limit.window }
                .compactMap(\.killedMilliseconds)
            return KillUse(limit: limit, work: killed.reduce(.zero) { $0 + .milliseconds($1) })
        }
    }

    /// What holds every restart under this policy, whichever graph asks: no alert and no order
    /// about a single graph is needed to know it. Empty if one could be sent.
    package func holdsOfAll(
        under policy: Policy,
        in view: FleetView,
        at instant: Timestamp
    ) -> [HoldReason] {
        guard view.sightSince != nil else {
            return [.undiagnosed(.unknown(.sight, "the agent does not see the fleet"))]
        }
        let nobody = RestartRequest(
            graphID: GraphID(""),
            hangClass: .unresponsive,
            alertname: "",
            reason: "",
            activeAt: instant
        )
        let context = gateContext(
            nobody,
            .none,
            load(in: view, at: instant),
            view,
            at: instant,
            under: policy
        )
        return Gate.ofAll.compactMap { gate in
            if case .closed(let reason) = gate.verdict(in: context) { reason } else { nil }
        }
    }

    /// Whether a restart of the graph is asked for or prepared, or it rests after one.
    package func concerns(_ id: GraphID) -> Bool {
        requests[id] != nil || records[id].map { $0.phase != .idle } ?? false
    }

    /// The graphs that are asked for, and those whose record is not idle.
    package var concerned: Set<GraphID> {
        Set(requests.keys).union(awakeRecords.values.lazy.filter { $0.phase != .idle }.map(\.id))
    }

    /// Whether a restart of the graph is in progress.
    package func isFollowing(_ id: GraphID) -> Bool { records[id]?.phase.isFollowed ?? false }

    /// The records of all graphs that the machine remembers, by id.
    package var recordsInUse: [GraphRecord] { records.values.sorted { $0.id < $1.id } }

    /// The record of one graph; an empty one if there is nothing to remember.
    package func record(of id: GraphID) -> GraphRecord {
        records[id] ?? GraphRecord(id: id)
    }
}

package struct BudgetUse: Hashable, Sendable {
    package let limit: WindowLimit
    package let used: Int
}

package struct KillUse: Hashable, Sendable {
    package let limit: KillLimit
    package let work: Duration
}
