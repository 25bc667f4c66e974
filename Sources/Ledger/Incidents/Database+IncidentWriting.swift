import Remediation
import SQLite
import Time

extension IncidentChanges {
    /// About what they occupy, rather more.
    fileprivate var byteCount: Int {
        let texts = events.reduce(0) { $0 + $1.text.utf8.count }
        let requests = tasks.reduce(0) { $0 + ($1.task.request?.utf8.count ?? 0) }
        return texts + requests + 10_000 * records.count + 300 * (events.count + tasks.count)
    }
}

extension Database {
    /// More of them are not kept: the oldest go, with the line of the audit trail that seals them
    /// left behind.
    private static let maximumIncidents = 10_000
    /// Together with their time lines. An intent reads the whole file again before it is written.
    private static let maximumIncidentBytes = 64 << 20
    /// What an incident or a row of its time line occupies beside its text.
    private static let overheadBytes = 100

    /// Writes what a step noted of incidents, and seals those that ended.
    ///
    /// The same changes may be written again, as after an error of which nobody can tell whether
    /// the commit reached the disk. What cannot be recorded is left out: the record of an incident
    /// must not keep an intent from the disk, nor take the room that intents need.
    func record(_ changes: IncidentChanges) throws {
        guard !changes.isEmpty, try hasRoom(for: changes) else { return }
        try execute(sql: "SAVEPOINT incidents")
        do {
            try apply(changes)
        } catch let error as DatabaseError
            where [DatabaseError.constraint, DatabaseError.full].contains(error.code)
        {
            try execute(sql: "ROLLBACK TO incidents")
        } catch is UnreadableRow {
            try execute(sql: "ROLLBACK TO incidents")
        }
        try execute(sql: "RELEASE incidents")
    }

    private func apply(_ changes: IncidentChanges) throws {
        for record in changes.records { try save(record) }
        if try makeRoomForIncidents() {
            for event in changes.events { try save(event) }
            for noted in changes.tasks { try save(noted) }
        }
        for record in changes.records where record.endedAt != nil { try seal(record) }
    }

    /// Whether an eighth of the ledger stays free.
    private func hasRoom(for changes: IncidentChanges) throws -> Bool {
        let most = try fetchValue(Int64.self, sql: "PRAGMA max_page_count") ?? 0
        let all = try fetchValue(Int64.self, sql: "PRAGMA page_count") ?? 0
        let free = try fetchValue(Int64.self, sql: "PRAGMA freelist_count") ?? 0
        let needed = changes.byteCount * 2 / LedgerFile.pageBytes + 10
        return all - free + Int64(needed) < most / 8 * 7
    }

    private func save(_ record: IncidentRecord) throws {
        guard let json = try? JSONText.encode(record) else { return }
        try execute(
            sql: """
                INSERT INTO incident (id, graph_id, opened_at, ended_at, outcome, bytes, json)
                VALUES (?1, ?2, ?3, ?4, ?5, ?7 + length(?6), ?6)
                ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at,
                    outcome = excluded.outcome, json = excluded.json,
                    bytes = bytes + max(0, length(excluded.json) - length(json))
                WHERE sealed_by IS NULL
                """,
            arguments: [
                record.id, record.graphID.rawValue, record.openedAt.milliseconds,
                record.endedAt?.milliseconds, record.outcome, json, Self.overheadBytes,
            ]
        )
    }

    private func save(_ event: IncidentEvent) throws {
        try execute(
            sql: """
                INSERT INTO incident_event (incident_id, position, at, kind, text)
                SELECT ?1, ?2, ?3, ?4, ?5
                WHERE EXISTS (SELECT 1 FROM incident WHERE id = ?1 AND sealed_by IS NULL)
                ON CONFLICT (incident_id, position) DO UPDATE
                SET at = excluded.at, kind = excluded.kind, text = excluded.text
                """,
            arguments: [
                event.incidentID, event.position, event.at.milliseconds, event.kind, event.text,
            ]
        )
        try count(event.text.utf8.count, in: event.incidentID)
    }

    private func save(_ noted: IncidentChanges.NotedTask) throws {
        guard let json = try? JSONText.encode(noted.task) else { return }
        try execute(
            sql: """
                INSERT INTO incident_task (incident_id, task_id, json)
                SELECT ?1, ?2, ?3
                WHERE EXISTS (SELECT 1 FROM incident WHERE id = ?1 AND sealed_by IS NULL)
                ON CONFLICT (incident_id, task_id) DO UPDATE SET json = excluded.json
                """,
            arguments: [noted.incidentID, noted.task.id, json]
        )
        try count(json.utf8.count, in: noted.incidentID)
    }

    private func count(_ bytes: Int, in incidentID: String) throws {
        guard changesCount > 0 else { return }
        try execute(
            sql: "UPDATE incident SET bytes = bytes + ? WHERE id = ?",
            arguments: [bytes + Self.overheadBytes, incidentID]
        )
    }

    // MARK: Removing

    /// Removes the oldest incidents until the rest is within its bounds.
    ///
    /// - Returns: false if the open ones alone are not.
    private func makeRoomForIncidents() throws -> Bool {
        while true {
            let row = try fetchOne(
                sql: "SELECT count(*) AS number, coalesce(sum(bytes), 0) AS bytes FROM incident"
            )
            let number = try row?.get("number", as: Int.self) ?? 0
            let bytes = try row?.get("bytes", as: Int.self) ?? 0
            guard number > Self.maximumIncidents || bytes > Self.maximumIncidentBytes else {
                return true
            }
            let surplus = max(1, number / 16, number - Self.maximumIncidents)
            let last = try fetchValue(
                Int64.self,
                sql: """
                    SELECT max(sealed_by) FROM (
                        SELECT sealed_by FROM incident WHERE sealed_by IS NOT NULL
                        ORDER BY sealed_by LIMIT ?)
                    """,
                arguments: [surplus]
            )
            guard let last else { return false }
            try execute(
                sql: """
                    INSERT INTO incidents_removed (id, through) VALUES (1, ?1)
                    ON CONFLICT (id) DO UPDATE SET through = max(through, ?1)
                    """,
                arguments: [last]
            )
            try execute(sql: "DELETE FROM incident WHERE sealed_by <= ?", arguments: [last])
        }
    }

    /// Removes the incidents whose line of the audit trail was removed.
    func pruneIncidents() throws -> Int {
        try execute(
            sql: "DELETE FROM incident WHERE sealed_by <= ?",
            arguments: [try chainLink(.anchor).sequence]
        )
        return changesCount
    }
}
