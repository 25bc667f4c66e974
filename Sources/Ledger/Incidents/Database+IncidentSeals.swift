import Remediation
import SQLite
import Time

/// The audit trail has the hash of each incident that has ended, so that its chain covers them.
extension Database {
    /// Adds the line that seals an incident. Once: its record does not change any more.
    func seal(_ record: IncidentRecord) throws {
        let row = try fetchOne(
            sql: """
                SELECT id FROM incident
                WHERE id = ? AND sealed_by IS NULL AND ended_at IS NOT NULL
                """,
            arguments: [record.id]
        )
        guard row != nil, let endedAt = record.endedAt,
            let text = try sealText(ofIncident: record.id)
        else { return }
        try append([
            AuditEntry(
                at: endedAt,
                graphID: record.graphID,
                kind: .incidentClosed,
                reason: record.outcome ?? IncidentRecord.alertEnded,
                detail: text,
                intentID: record.intentIDs.last
            )
        ])
        try execute(
            sql: "UPDATE incident SET sealed_by = ? WHERE id = ?",
            arguments: [try chainLink(.head).sequence, record.id]
        )
    }

    /// Says what the record is and has its hash; nil if there is no such incident.
    private func sealText(ofIncident id: String) throws -> String? {
        let row = try fetchOne(sql: "SELECT json FROM incident WHERE id = ?", arguments: [id])
        guard let row else { return nil }
        var digest = AuditChain.Digest("graphwarden incident 1")
        digest.add(try row.get("json", as: String.self))
        let events = try eventRows(ofIncident: id)
        digest.add(Int64(events.count))
        for event in events {
            digest.add(try event.get("position", as: Int64.self))
            digest.add(try event.get("at", as: Int64.self))
            digest.add(try event.get("kind", as: String.self))
            digest.add(try event.get("text", as: String.self))
        }
        let tasks = try taskRows(ofIncident: id)
        digest.add(Int64(tasks.count))
        for task in tasks {
            digest.add(try task.get("task_id", as: String.self))
            digest.add(try task.get("json", as: String.self))
        }
        return "incident \(id), \(events.count) events, \(tasks.count) tasks, SHA-256 "
            + digest.finish()
    }

    /// Compares each incident with the line that seals it, after the chain was found intact.
    ///
    /// - Returns: false if `mayContinue` said no.
    func verifyIncidents(
        _ report: inout ChainReport,
        mayContinue: () -> Bool
    ) throws -> Bool {
        guard try hasIncidents() else { return true }
        let removed = max(
            try chainLink(.anchor).sequence,
            try fetchValue(Int64.self, sql: "SELECT through FROM incidents_removed") ?? 0
        )
        var cursor = removed
        while true {
            let rows = try fetchAll(
                sql: """
                    SELECT audit.seq AS line, audit.detail, incident.id
                    FROM audit LEFT JOIN incident ON incident.sealed_by = audit.seq
                    WHERE audit.seq > ?1 AND audit.kind = ?2
                    ORDER BY audit.seq LIMIT \(Self.pageIncidents)
                    """,
                arguments: [cursor, AuditEntry.Kind.incidentClosed.rawValue]
            )
            for row in rows {
                cursor = try row.get("line")
                report.fault = try faultOfSeal(row)
                if report.fault != nil { return true }
            }
            guard rows.count == Self.pageIncidents else { break }
            guard mayContinue() else { return false }
        }
        report.fault = try strangeIncident()
        return true
    }

    private static let pageIncidents = 100

    private func faultOfSeal(_ row: Row) throws -> ChainReport.Fault? {
        let id: String? = try row.get("id")
        let problem: String
        if let id {
            guard try sealText(ofIncident: id) != row.get("detail", as: String.self) else {
                return nil
            }
            problem = "incident \(id), which it seals, was changed"
        } else {
            problem = "the incident that it seals is missing"
        }
        return ChainReport.Fault(sequence: try row.get("line"), problem: problem)
    }

    /// An incident that has ended and is sealed by no line.
    private func strangeIncident() throws -> ChainReport.Fault? {
        let row = try fetchOne(
            sql: """
                SELECT incident.id, coalesce(sealed_by, 0) AS line FROM incident
                LEFT JOIN audit ON audit.seq = sealed_by AND audit.kind = ?
                WHERE ended_at IS NOT NULL AND audit.seq IS NULL LIMIT 1
                """,
            arguments: [AuditEntry.Kind.incidentClosed.rawValue]
        )
        guard let row else { return nil }
        let id: String = try row.get("id")
        return ChainReport.Fault(
            sequence: try row.get("line"),
            problem: "incident \(id) has ended and no line seals it"
        )
    }

    /// A ledger of an earlier version has none.
    private func hasIncidents() throws -> Bool {
        try fetchOne(sql: "SELECT name FROM sqlite_schema WHERE name = 'incidents_removed'") != nil
    }
}
