package import Time

extension Machine {
    /// An intent without an outcome becomes an unknown outcome: it is looked for, never sent
    /// again. Whatever else was under way gets time to be looked at before it is judged.
    package init(restoring snapshot: MachineSnapshot, at instant: Timestamp) {
        pauses = snapshot.pauses
        for var record in snapshot.records {
            let before = record
            record.phase = record.phase.restored(at: instant)
            records[record.id] = record
            if record != before { unsaved.insert(record.id) }
            for attempt in record.attempts where attempt.ending?.outcome == .verified {
                counters.lastVerifiedAt = max(
                    counters.lastVerifiedAt ?? .distantPast,
                    attempt.ending?.at ?? .distantPast
                )
            }
            if case .intended(let intent) = before.phase {
                noteOutcome(
                    .unknown(reason: "the agent ended before the answer"),
                    of: intent,
                    at: instant
                )
            }
        }
    }

    package var snapshot: MachineSnapshot {
        MachineSnapshot(records: records.values.sorted { $0.id < $1.id }, pauses: pauses)
    }

    /// What differs from the disk since `changesWereRecorded()`.
    package var changes: Changes {
        var changes = pending
        for id in unsaved.sorted() {
            if let record = records[id] {
                changes.records.append(record)
            } else {
                changes.removed.append(id)
            }
        }
        return changes
    }

    /// The changes so far are on disk. Until then they add up, so that a failed write is repeated.
    package mutating func changesWereRecorded() {
        pending = Changes()
        unsaved = []
    }

    func phase(of id: GraphID) -> Phase {
        records[id]?.phase ?? .idle
    }

    mutating func update(_ id: GraphID, _ change: (inout GraphRecord) -> Void) {
        let before = records[id] ?? GraphRecord(id: id)
        var record = before
        change(&record)
        guard record != before else { return }
        records[id] = record == GraphRecord(id: id) ? nil : record
        unsaved.insert(id)
    }

    mutating func move(_ id: GraphID, to phase: Phase) {
        update(id) { $0.phase = phase }
    }

    mutating func noteOutcome(_ outcome: RestartOutcome, of intent: Intent, at instant: Timestamp) {
        guard
            let attempt = records[intent.graphID]?.attempts.last(where: {
                $0.intentID == intent.id
            }), attempt.postOutcome == nil
        else { return }
        update(intent.graphID) { $0.change(intent) { $0.postOutcome = outcome.label } }
        pending.outcomes.append(
            IntentOutcome(intentID: intent.id, outcome: outcome, at: instant)
        )
    }

    mutating func audit(
        _ kind: AuditEntry.Kind,
        _ id: GraphID?,
        _ step: inout Step,
        reason: String = "",
        _ detail: String
    ) {
        audit(
            AuditEntry(at: step.at, graphID: id, kind: kind, reason: reason, detail: detail),
            &step
        )
    }

    mutating func audit(
        _ kind: AuditEntry.Kind,
        of intent: Intent,
        _ step: inout Step,
        reason: String = "",
        _ detail: String
    ) {
        let entry = AuditEntry(
            at: step.at,
            graphID: intent.graphID,
            kind: kind,
            reason: reason,
            detail: detail,
            intentID: intent.id
        )
        audit(entry, &step)
    }

    /// The audit trail waits in memory while the disk refuses it, but not without a limit.
    private mutating func audit(_ entry: AuditEntry, _ step: inout Step) {
        step.effects.append(.record(entry))
        if pending.audit.count >= 10_000 {
            pending.audit.removeFirst(5000)
            counters.droppedAuditEntries += 5000
        }
        pending.audit.append(entry)
    }
}
