package import Time

/// What the metrics and the status page show, as it stands now.
extension Machine {
    /// The graphs that occupy a place among `Policy.maxConcurrent`, by id.
    package var inFlight: [GraphID] {
        records.values.filter(\.phase.isInFlight).map(\.id).sorted()
    }

    package var approvalsPending: Int {
        records.values.count {
            if case .awaitingApproval = $0.phase { true } else { false }
        }
    }

    /// Graphs that wait for a person to acknowledge, by id.
    package var awaitingAcknowledgement: [GraphID] {
        records.values
            .filter { record in
                switch record.phase {
                case .exhausted, .stalled: true
                default: false
                }
            }
            .map(\.id).sorted()
    }

    /// How many restarts of the fleet each window of the budget holds at the moment.
    package func budgetUse(of policy: Policy, at instant: Timestamp) -> [BudgetUse] {
        let spent = records.values.flatMap { $0.attempts.filter(\.counts).map(\.createdAt) }
        return policy.budget.map { limit in
            BudgetUse(limit: limit, used: spent.count { $0 > instant - limit.window })
        }
    }

    package func stormLevel(under policy: Policy, in view: FleetView) -> StormLevel? {
        policy.breaker.level(sick: load(in: view).sick, fleetSize: view.graphs.count)
    }

    /// The record of one graph; an untouched one if nothing was ever done with it.
    package func record(of id: GraphID) -> GraphRecord {
        records[id] ?? GraphRecord(id: id)
    }
}

package struct BudgetUse: Hashable, Sendable {
    package let limit: WindowLimit
    package let used: Int
}
