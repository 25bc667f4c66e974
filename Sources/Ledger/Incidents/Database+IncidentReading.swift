import Remediation
import SQLite
import Time

extension Database {
    func incidents(_ filter: IncidentFilter) throws -> [IncidentRecord] {
        let rows = try fetchAll(
            sql: """
                SELECT id, json FROM incident
                WHERE (?1 IS NULL OR graph_id = ?1)
                    AND (?2 IS NULL OR ended_at IS NULL OR ended_at >= ?2)
                    AND (?3 IS NULL OR opened_at < ?3)
                    AND (?4 IS NULL OR outcome = ?4)
                    AND (?5 IS NULL OR (opened_at, id) <
                        (SELECT opened_at, id FROM incident WHERE id = ?5))
                ORDER BY opened_at DESC, id DESC LIMIT ?6
                """,
            arguments: [
                filter.graphID?.rawValue, filter.since?.milliseconds,
                filter.until?.milliseconds, filter.outcome, filter.after,
                min(max(filter.limit, 0), IncidentFilter.maximumLimit),
            ]
        )
        var decisions: [GraphID: [DecisionRecord]] = [:]
        return try rows.compactMap { row in
            guard var record = try? IncidentRecord(row: row) else { return nil }
            let known = try decisions[record.graphID] ?? self.decisions(about: record.graphID)
            decisions[record.graphID] = known
            record.takeDecision(from: known)
            return record
        }
    }

    /// What the record of the graph says. One that cannot be read is no reason not to show the rest.
    private func decisions(about id: GraphID) throws -> [DecisionRecord] {
        let json = try fetchValue(
            String.self,
            sql: "SELECT json FROM graph_state WHERE graph_id = ?",
            arguments: [id.rawValue]
        )
        let record = json.flatMap {
            try? JSONText.decode(
                GraphRecord.self,
                from: $0,
                table: "graph_state",
                key: id.rawValue
            )
        }
        return record?.decisions ?? []
    }

    func incident(_ id: String) throws -> IncidentTimeLine? {
        let row = try fetchOne(sql: "SELECT id, json FROM incident WHERE id = ?", arguments: [id])
        guard let row else { return nil }
        let tasks = try taskRows(ofIncident: id).map { row in
            try JSONText.decode(
                IncidentRecord.InterruptedTask.self,
                from: try row.get("json"),
                table: "incident_task",
                key: id
            )
        }
        var record = try IncidentRecord(row: row)
        record.takeDecision(from: try decisions(about: record.graphID))
        return IncidentTimeLine(
            record: record,
            events: try eventRows(ofIncident: id).map { row in
                IncidentEvent(
                    incidentID: id,
                    position: try row.get("position"),
                    at: Timestamp(milliseconds: try row.get("at")),
                    kind: try row.get("kind"),
                    text: try row.get("text")
                )
            },
            tasks: tasks.sorted {
                ($0.notedAt, $0.startedAt ?? .distantFuture, $0.id)
                    < ($1.notedAt, $1.startedAt ?? .distantFuture, $1.id)
            }
        )
    }

    func eventRows(ofIncident id: String) throws -> [Row] {
        try fetchAll(
            sql: """
                SELECT position, at, kind, text FROM incident_event
                WHERE incident_id = ? ORDER BY position LIMIT 1000
                """,
            arguments: [id]
        )
    }

    func taskRows(ofIncident id: String) throws -> [Row] {
        try fetchAll(
            sql: """
                SELECT task_id, json FROM incident_task
                WHERE incident_id = ? ORDER BY task_id LIMIT 1000
                """,
            arguments: [id]
        )
    }
}

extension IncidentRecord {
    /// A decision may be judged or labelled after its incident has ended.
    fileprivate mutating func takeDecision(from known: [DecisionRecord]) {
        decision = known.last { $0.incidentIDs.contains(id) } ?? decision
    }

    init(row: Row) throws {
        self = try JSONText.decode(
            IncidentRecord.self,
            from: try row.get("json"),
            table: "incident",
            key: try row.get("id")
        )
    }
}
