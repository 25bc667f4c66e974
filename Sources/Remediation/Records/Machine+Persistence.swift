package import Time

/// How the state gets to disk and back.
extension Machine {
    /// Goes on from what an earlier process left on disk.
    ///
    /// An intent without an outcome becomes an unknown outcome: it is searched for and never sent
    /// again. Whatever else was in progress is looked at before it is judged.
    package init(restoring snapshot: MachineSnapshot, at instant: Timestamp) {
        restore(snapshot.pauses, at: instant)
        for answer in snapshot.answered { answered[answer.id] = answer }
        for var record in snapshot.records {
            let before = record
            record.phase = record.phase.restored(at: instant)
            records[record.id] = record
            if !record.rests { awake.insert(record.id) }
            if record != before { unsaved.insert(record.id) }
            for attempt in record.attempts where attempt.ending?.outcome == .verified {
                counters.lastVerifiedAt = max(
                    counters.lastVerifiedAt ?? .distantPast,
                    attempt.ending?.at ?? .distantPast
                )
            }
            if case .intended(let intent) = before.phase {
                noteOutcome(
                    .unknown(reason: "the agent ended before GES answered"),
                    of: intent,
                    at: instant
                )
            }
        }
    }

    /// Everything that must survive; what `changes` add up to.
    package var snapshot: MachineSnapshot {
        MachineSnapshot(
            records: records.values.sorted { $0.id < $1.id },
            pauses: keptPauses,
            answered: answered.values.sorted { $0.id < $1.id }
        )
    }

    /// What differs from the disk. Changes add up until `changesWereRecorded()`, so that a failed
    /// write is repeated with the next step.
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

    /// To be called once the changes of the last step are on disk, and before the next step.
    package mutating func changesWereRecorded() {
        pending = Changes()
        unsaved = []
    }

    func phase(of id: GraphID) -> Phase {
        records[id]?.phase ?? .idle
    }

    /// The only way to change a record: what differs from the disk is written with the next
    /// changes. A record that has become empty is removed.
    mutating func update(_ id: GraphID, _ change: (inout GraphRecord) -> Void) {
        let before = records[id] ?? GraphRecord(id: id)
        var record = before
        change(&record)
        guard record != before else { return }
        records[id] = record == GraphRecord(id: id) ? nil : record
        if record.rests { awake.remove(id) } else { awake.insert(id) }
        unsaved.insert(id)
        if record.keptDecisions != before.keptDecisions { hasNewDecisions = true }
    }

    /// The records that change with time.
    var awakeRecords: [GraphID: GraphRecord] {
        Dictionary(
            uniqueKeysWithValues: awake.lazy.compactMap { id in records[id].map { (id, $0) } }
        )
    }

    /// Those that this step may change, and now and then all.
    mutating func recordsDue(_ step: Step) -> [GraphID] {
        let isDue = step.at - sweptAt >= .seconds(3600) || step.at < sweptAt
        guard isDue, step.view.sightSince != nil else { return awake.sorted() }
        sweptAt = step.at
        return records.keys.sorted()
    }

    mutating func move(_ id: GraphID, to phase: Phase) {
        update(id) { $0.phase = phase }
    }

    /// Keeps the first outcome of an intent only: the ledger allows one, and what followed from it
    /// has happened.
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

    private mutating func audit(_ entry: AuditEntry, _ step: inout Step) {
        audit(entry, at: step.effects.count, &step)
    }

    /// Records a line at this position among the effects, and before the same lines in the audit
    /// trail.
    ///
    /// The trail waits in memory while the disk refuses it, but not without a limit: then the
    /// oldest half is lost, and counted.
    mutating func audit(_ entry: AuditEntry, at position: Int, _ step: inout Step) {
        let later = step.effects[position...].count {
            if case .record = $0 { true } else { false }
        }
        step.effects.insert(.record(entry), at: position)
        if pending.audit.count >= Self.longestPendingAudit {
            let lost = Self.longestPendingAudit / 2
            pending.audit.removeFirst(lost)
            counters.droppedAuditEntries += lost
        }
        pending.audit.insert(entry, at: max(0, pending.audit.count - later))
    }

    private static let longestPendingAudit = 10_000
}
