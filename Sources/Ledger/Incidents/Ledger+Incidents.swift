package import Remediation
import SQLite

/// Incidents and their time lines.
extension Ledger {
    /// Those that the last run did not see to their end. One that cannot be read is no reason not
    /// to start.
    package func loadOpenIncidents() throws(LedgerError) -> [IncidentRecord] {
        try read { db in
            let rows = try db.fetchAll(
                sql: """
                    SELECT id, json FROM incident WHERE ended_at IS NULL
                    ORDER BY opened_at DESC LIMIT 10000
                    """
            )
            return rows.compactMap { try? IncidentRecord(row: $0) }
        }
    }
}

extension LedgerReader {
    /// The newest first. The id of the last one begins the next page. Leaves out what only a newer
    /// version can read.
    package func incidents(_ filter: IncidentFilter) throws(LedgerError) -> [IncidentRecord] {
        try read { db in try db.incidents(filter) }
    }

    /// An incident with its time line in the order in which it was noted; nil if there is none.
    package func incident(_ id: String) throws(LedgerError) -> IncidentTimeLine? {
        try read { db in try db.incident(id) }
    }
}
