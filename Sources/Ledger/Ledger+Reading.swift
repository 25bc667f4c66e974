import SQLite
package import Remediation
import Time

/// What the ledger says when it is asked. Everything that can grow is read in pages: the ledger
/// holds months, and a client must not be able to ask for all of it at once.
extension Ledger {
    /// The state from which the agent goes on.
    package func load() throws(LedgerError) -> MachineSnapshot {
        try read { db in
            MachineSnapshot(
                records: try db.records(),
                pauses: try db.pauses(),
                answered: try db.answeredOrders()
            )
        }
    }

    /// Intents with what became of them, newest first, of one graph or of all. At most 1,000.
    package func history(
        graphID: GraphID? = nil,
        limit: Int = 100
    ) throws(LedgerError) -> [HistoryEntry] {
        try read { db in
            let rows = try db.fetchAll(
                sql: """
                    SELECT intent.id, intent.json, outcome.json AS outcome,
                        outcome.at AS outcome_at, ending.outcome AS ending,
                        ending.at AS ended_at
                    FROM intent
                        LEFT JOIN outcome ON outcome.intent_id = intent.id
                        LEFT JOIN ending ON ending.intent_id = intent.id
                    WHERE ?1 IS NULL OR intent.graph_id = ?1
                    ORDER BY intent.created_at DESC, intent.id DESC
                    LIMIT ?2
                    """,
                arguments: [graphID?.rawValue, Self.bounded(limit)]
            )
            return try rows.map(HistoryEntry.init(row:))
        }
    }

    /// The audit trail, newest line first, of one graph or of all. At most 1,000 lines; the next
    /// page begins before the last `sequence` of this one. Leaves out lines of a kind that only a
    /// newer version knows.
    package func audit(
        graphID: GraphID? = nil,
        before sequence: Int64? = nil,
        limit: Int = 100
    ) throws(LedgerError) -> [AuditRecord] {
        try read { db in
            let rows = try db.fetchAll(
                sql: """
                    SELECT \(AuditChain.columns), hash FROM audit
                    WHERE (?1 IS NULL OR graph_id = ?1) AND (?2 IS NULL OR seq < ?2)
                    ORDER BY seq DESC LIMIT ?3
                    """,
                arguments: [graphID?.rawValue, sequence, Self.bounded(limit)]
            )
            return try rows.compactMap(AuditRecord.init(row:))
        }
    }

    /// Keeps an answer within a page, whatever the caller asks for.
    private static func bounded(_ limit: Int) -> Int { min(max(limit, 0), 1000) }
}

/// An intent and what became of it, as far as that is known.
package struct HistoryEntry: Hashable, Sendable {
    package let intent: Intent
    package let outcome: IntentOutcome?
    package let ending: IntentEnding?

    package init(intent: Intent, outcome: IntentOutcome?, ending: IntentEnding?) {
        self.intent = intent
        self.outcome = outcome
        self.ending = ending
    }
}

extension Database {
    /// A record that cannot be read is an error and not a graph without a record: that graph would
    /// have no cool-down.
    fileprivate func records() throws -> [GraphRecord] {
        let rows = try fetchAll(
            sql: "SELECT graph_id, schema_version, json FROM graph_state ORDER BY graph_id"
        )
        return try rows.map { row in
            let id: String = try row.get("graph_id")
            let version: Int = try row.get("schema_version")
            guard version <= MachineSnapshot.schemaVersion else {
                let text = "the state of \(id) has schema \(version)"
                throw LedgerError(cause: .newerSchema(text), path: "")
            }
            return try JSONText.decode(
                GraphRecord.self,
                from: try row.get("json"),
                table: "graph_state",
                key: id
            )
        }
    }

    /// In the order in which the machine keeps them.
    fileprivate func pauses() throws -> [Pause] {
        let rows = try fetchAll(sql: "SELECT position, json FROM pause ORDER BY position")
        return try rows.map { row in
            let position: Int = try row.get("position")
            return try JSONText.decode(
                Pause.self,
                from: try row.get("json"),
                table: "pause",
                key: "\(position)"
            )
        }
    }
}

extension HistoryEntry {
    /// An ending that only a newer version knows counts as none: an entry of the history is for
    /// people, and the state of the graph does not come from it.
    fileprivate init(row: Row) throws {
        let id: String = try row.get("id")
        intent = try JSONText.decode(
            Intent.self,
            from: try row.get("json"),
            table: "intent",
            key: id
        )
        if let json: String = try row.get("outcome"), let at: Int64 = try row.get("outcome_at") {
            outcome = IntentOutcome(
                intentID: id,
                outcome: try JSONText.decode(
                    RestartOutcome.self,
                    from: json,
                    table: "outcome",
                    key: id
                ),
                at: Timestamp(milliseconds: at)
            )
        } else {
            outcome = nil
        }
        let label: String? = try row.get("ending")
        if let outcome = label.flatMap(AttemptOutcome.init), let at: Int64 = try row.get("ended_at")
        {
            ending = IntentEnding(
                intentID: id,
                outcome: outcome,
                at: Timestamp(milliseconds: at)
            )
        } else {
            ending = nil
        }
    }
}

extension AuditRecord {
    /// nil for a line of a kind that this version does not know.
    init?(row: Row) throws {
        guard let kind = AuditEntry.Kind(rawValue: try row.get("kind")) else { return nil }
        let graphID: String? = try row.get("graph_id")
        let entry = AuditEntry(
            at: Timestamp(milliseconds: try row.get("at")),
            graphID: graphID.map { GraphID($0) },
            kind: kind,
            reason: try row.get("reason"),
            detail: try row.get("detail"),
            intentID: try row.get("intent_id")
        )
        self.init(sequence: try row.get("seq"), entry: entry, hash: try row.get("hash"))
    }
}
