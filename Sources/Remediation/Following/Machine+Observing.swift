package import Time

/// Several agents share the records of graphs and the pauses. One of them leads: it alone changes
/// records. The others observe, with the records as the leader wrote them.
extension Machine {
    /// Goes on from the shared state, as after a start: the leader before may have died at any
    /// moment, so whatever it began is looked at before it is judged, and never sent again.
    package mutating func takeOver(_ snapshot: MachineSnapshot, at instant: Timestamp) {
        let restored = Machine(restoring: snapshot, at: instant)
        records = restored.records
        unsaved = restored.unsaved
        takePauses(snapshot.pauses, at: instant)
        pending = Changes(keeping: pending)
        pending.outcomes = restored.pending.outcomes
        counters.lastVerifiedAt = max(
            counters.lastVerifiedAt ?? .distantPast,
            restored.counters.lastVerifiedAt ?? .distantPast
        )
        searchedInVain = []
        expectJobList()
    }

    /// Begins to share the own records: nobody has shared any yet.
    package mutating func shareRecords() {
        unsaved = Set(records.keys)
        pending.pauses = keptPauses
    }

    /// Takes the records of the leader as they are.
    package mutating func observe(_ snapshot: MachineSnapshot, at instant: Timestamp) {
        records = Dictionary(snapshot.records.map { ($0.id, $0) }) { $1 }
        unsaved = []
        takePauses(snapshot.pauses, at: instant)
        pending = Changes(keeping: pending)
    }

    /// Takes the pauses that another agent wrote. An own change that was not written yet is lost,
    /// and its order fails.
    package mutating func takePauses(_ kept: [Pause], at instant: Timestamp) {
        endedPauses = [:]
        restore(kept, at: instant)
        pending.pauses = nil
    }

    /// A step that changes no record: nothing is followed, asked or begun. Reports of what this
    /// agent sent before it lost the lead are left to the leader, which searches by itself.
    mutating func observe(_ reports: [Report], _ step: inout Step) -> [Effect] {
        for report in reports.inOrder() {
            if case .order(let order) = report { carryOut(order, &step) }
        }
        populations.update(step.view, records, requests, at: step.at)
        let load = load(in: step.view, at: step.at)
        for request in requests.values where !phase(of: request.graphID).isFollowed {
            let agreement = phase(of: request.graphID).agreement
            let context = gateContext(request, agreement, load, step.view, at: step.at)
            decisions[request.graphID] = .hold(context.closedGates())
        }
        for (id, record) in records where decisions[id] == nil && record.phase != .idle {
            decisions[id] = .following(record.phase)
        }
        return step.effects
    }
}

extension Machine.Changes {
    /// What is this agent's own, whoever leads.
    fileprivate init(keeping other: Machine.Changes) {
        self.init()
        answered = other.answered
        audit = other.audit
    }
}
