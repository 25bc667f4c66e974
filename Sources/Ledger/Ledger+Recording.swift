import SQLite
import JSON
package import Remediation
import Time

/// Writing. One transaction for each step of the machine, because half a step on disk would be a
/// state that never was: an intent without its record, or a cool-down without its ending.
extension Ledger {
    /// Writes what a step has changed, the received alerts, the statuses, the memory of diagnosis,
    /// and the alert states and clocks if they are given, in one transaction. If it throws, nothing
    /// is written.
    ///
    /// Before an intent the whole file is read again, because the next start must find the intent.
    /// A high-water mark that cannot be raised refuses the write before the transaction; once the
    /// transaction is committed, it refuses the next one.
    ///
    /// The same changes may be written again: after an error nobody can tell whether the commit
    /// reached the disk. Only lines of the audit trail may then appear twice.
    package func record(
        _ changes: Machine.Changes,
        alertStates: [String: [UInt8]]? = nil,
        received: ReceivedAlertChanges = ReceivedAlertChanges(),
        statuses: GraphStatusChanges = GraphStatusChanges(),
        memories: GraphMemoryChanges = GraphMemoryChanges(),
        incidents: IncidentChanges = IncidentChanges(),
        clock: ClockRecord? = nil,
        isLastingStart: Bool = false
    ) throws(LedgerError) {
        try refuseReplacedFile()
        if !changes.intents.isEmpty { try verify() }
        let raisesMark = try isMarkNeeded(for: changes)
        if raisesMark || isMarkBehind { try raiseMark() }
        let alerts = try alertStates.map { states throws(LedgerError) in
            try difference(from: states)
        }
        guard
            !changes.isEmpty || alerts?.isEmpty == false || !received.isEmpty
                || !statuses.isEmpty || !memories.isEmpty || !incidents.isEmpty || clock != nil
                || isLastingStart
        else { return }
        try write { db in
            try db.apply(changes)
            if let alerts { try db.apply(alerts) }
            try db.apply(received)
            try db.apply(statuses)
            try db.apply(memories)
            try db.record(incidents)
            if let clock { try db.save(clock) }
            if isLastingStart { try db.noteLastingStart() }
        }
        if let alertStates { writtenAlertStates = alertStates }
        if raisesMark { noteMarkIsBehind() }
    }
}

extension Database {
    fileprivate func apply(_ changes: Machine.Changes) throws {
        try writeHistory(changes)
        for record in changes.records { try save(record) }
        for id in changes.removed { try remove(id) }
        if let pauses = changes.pauses { try save(pauses) }
        try append(changes.audit)
        try save(changes.answered)
    }

    /// The schema accepts an intent only after the one before has ended. So everything is written
    /// in the order in which it happened to a graph: what became of older intents first, then each
    /// new intent with its own outcome and ending.
    private func writeHistory(_ changes: Machine.Changes) throws {
        let new = Set(changes.intents.map(\.id))
        let outcomes = Dictionary(grouping: changes.outcomes) { $0.intentID }
        let endings = Dictionary(grouping: changes.endings) { $0.intentID }
        for outcome in changes.outcomes where !new.contains(outcome.intentID) {
            try insert(outcome)
        }
        for ending in changes.endings where !new.contains(ending.intentID) { try insert(ending) }
        for intent in changes.intents {
            try insert(intent)
            for outcome in outcomes[intent.id] ?? [] { try insert(outcome) }
            for ending in endings[intent.id] ?? [] { try insert(ending) }
        }
    }

    /// An intent that is already there, byte for byte, is a repetition and no violation. Any other
    /// row with its id is one, and the primary key refuses it.
    private func insert(_ intent: Intent) throws {
        let json = try JSONText.encode(intent)
        let known = try fetchValue(
            String.self,
            sql: "SELECT json FROM intent WHERE id = ?",
            arguments: [intent.id]
        )
        if known == json { return }
        try execute(
            sql: """
                INSERT INTO intent (id, graph_id, attempt, created_at, json)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                intent.id, intent.graphID.rawValue, intent.attempt, intent.createdAt.milliseconds,
                json,
            ]
        )
    }

    private func insert(_ outcome: IntentOutcome) throws {
        let json = try JSONText.encode(outcome.outcome)
        let known = try fetchValue(
            String.self,
            sql: "SELECT json FROM outcome WHERE intent_id = ? AND at = ?",
            arguments: [outcome.intentID, outcome.at.milliseconds]
        )
        if known == json { return }
        try execute(
            sql: "INSERT INTO outcome (intent_id, label, at, json) VALUES (?, ?, ?, ?)",
            arguments: [outcome.intentID, outcome.outcome.label, outcome.at.milliseconds, json]
        )
    }

    private func insert(_ ending: IntentEnding) throws {
        let known = try fetchValue(
            String.self,
            sql: "SELECT outcome FROM ending WHERE intent_id = ? AND at = ?",
            arguments: [ending.intentID, ending.at.milliseconds]
        )
        if known == ending.outcome.rawValue { return }
        try execute(
            sql: "INSERT INTO ending (intent_id, outcome, at) VALUES (?, ?, ?)",
            arguments: [ending.intentID, ending.outcome.rawValue, ending.at.milliseconds]
        )
    }

    private func save(_ record: GraphRecord) throws {
        try execute(
            sql: """
                INSERT INTO graph_state (graph_id, schema_version, json) VALUES (?, ?, ?)
                ON CONFLICT (graph_id) DO UPDATE
                SET schema_version = excluded.schema_version, json = excluded.json
                """,
            arguments: [
                record.id.rawValue, MachineSnapshot.schemaVersion, try JSONText.encode(record),
            ]
        )
    }

    /// A graph that is gone for good takes its intents along. Should its id ever come back, its
    /// attempts are numbered from one again. The audit trail keeps what happened.
    private func remove(_ id: GraphID) throws {
        try execute(sql: "DELETE FROM graph_state WHERE graph_id = ?", arguments: [id.rawValue])
        try execute(sql: "DELETE FROM intent WHERE graph_id = ?", arguments: [id.rawValue])
    }

    /// Pauses are few, so they are replaced as a whole.
    private func save(_ pauses: [Pause]) throws {
        try execute(sql: "DELETE FROM pause")
        for (position, pause) in pauses.enumerated() {
            try execute(
                sql: "INSERT INTO pause (position, json) VALUES (?, ?)",
                arguments: [position, try JSONText.encode(pause)]
            )
        }
    }
}
