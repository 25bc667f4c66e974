package import Time

/// Several agents share the records of graphs and the pauses. One of them leads: it alone changes
/// records. The others observe, with the records as the leader wrote them.
extension Machine {
    /// Goes on from the shared state, as after a start: the leader before may have died at any
    /// moment, so whatever it began is looked at before it is judged, and never sent again.
    package mutating func takeOver(_ snapshot: MachineSnapshot, at instant: Timestamp) {
        let restored = Machine(restoring: snapshot, at: instant)
        records = restored.records
        awake = restored.awake
        unsaved = restored.unsaved
        hasNewDecisions = true
        takePauses(snapshot.pauses, at: instant)
        dropUnwrittenRecords()
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
        awake = Set(records.values.lazy.filter { !$0.rests }.map(\.id))
        unsaved = []
        hasNewDecisions = true
        takePauses(snapshot.pauses, at: instant)
        dropUnwrittenRecords()
    }

    /// Own changes of records that were not written rest on a state that is no longer shared.
    /// Nobody was told that their orders were carried out, and an order that is given again gets
    /// the answer of that moment.
    private mutating func dropUnwrittenRecords() {
        var kept = Changes()
        kept.pauses = pending.pauses
        kept.audit = pending.audit
        for order in pending.answered {
            if order.isAboutPauses {
                kept.answered.append(order)
            } else {
                answered[order.id] = nil
            }
        }
        pending = kept
    }

    /// Takes the pauses that another agent wrote. What a person has ordered here meanwhile, and was
    /// not written yet, stays in force and is written with the next step: it came later.
    package mutating func takePauses(_ kept: [Pause], at instant: Timestamp) {
        let own = pending.pauses ?? []
        endedPauses = [:]
        restore(kept, at: instant)
        let newer = own.filter { pause in
            !kept.contains { $0.scope == pause.scope && $0.changedAt >= pause.changedAt }
        }
        for pause in newer {
            pauses.removeAll { $0.scope == pause.scope }
            if pause.endedAt == nil {
                pauses = (pauses + [pause]).sorted { $0.scope < $1.scope }
            } else {
                endedPauses[pause.scope] = pause
            }
        }
        pending.pauses = newer.isEmpty ? nil : keptPauses
        hasTakenPauses = true
    }

    /// What is being prepared under a pause that another agent was told of.
    mutating func stopPreparationsOfTakenPauses(_ step: Step) {
        guard hasTakenPauses else { return }
        hasTakenPauses = false
        for pause in pauses { _ = stopPreparations(pause.scope, step) }
    }

    /// A step that changes no record: nothing is followed, asked or begun. Reports of what this
    /// agent sent before it lost the lead are left to the leader, which searches by itself.
    mutating func observe(_ reports: [Report], _ step: inout Step) -> [Effect] {
        for report in reports.inOrder() {
            if case .order(let order) = report { carryOut(order, &step) }
        }
        noteSilentGraphs(step)
        score(at: step.at)
        populations.update(step.view, awakeRecords, requests, at: step.at)
        let load = load(in: step.view, at: step.at)
        for request in requests.values where !phase(of: request.graphID).isFollowed {
            let agreement = phase(of: request.graphID).agreement
            let context = gateContext(request, agreement, load, step.view, at: step.at)
            decisions[request.graphID] = .hold(context.closedGates())
        }
        for (id, record) in awakeRecords where decisions[id] == nil && record.phase != .idle {
            decisions[id] = .following(record.phase)
        }
        return step.effects
    }
}

extension AnsweredOrder {
    fileprivate var isAboutPauses: Bool { ["pause", "resume"].contains(order) }
}

extension Pause {
    fileprivate var changedAt: Timestamp { endedAt ?? since }
}
