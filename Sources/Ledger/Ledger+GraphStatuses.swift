import SQLite
package import Time

/// Since when a graph has had its status.
package struct GraphStatusRow: Hashable, Sendable {
    package let graphID: String
    package let code: String
    package let since: Timestamp

    package init(graphID: String, code: String, since: Timestamp) {
        self.graphID = graphID
        self.code = code
        self.since = since
    }
}

/// What differs from the statuses on disk.
package struct GraphStatusChanges: Hashable, Sendable {
    package var saved: [GraphStatusRow]
    /// The ids of graphs.
    package var removed: [String]

    package init(saved: [GraphStatusRow] = [], removed: [String] = []) {
        self.saved = saved
        self.removed = removed
    }

    package var isEmpty: Bool { saved.isEmpty && removed.isEmpty }
}

extension Database {
    func apply(_ changes: GraphStatusChanges) throws {
        for id in changes.removed {
            try execute(sql: "DELETE FROM graph_status WHERE graph_id = ?", arguments: [id])
        }
        for row in changes.saved {
            try execute(
                sql: """
                    INSERT INTO graph_status (graph_id, code, since) VALUES (?, ?, ?)
                    ON CONFLICT (graph_id) DO UPDATE
                    SET code = excluded.code, since = excluded.since
                    """,
                arguments: [row.graphID, row.code, row.since.milliseconds]
            )
        }
    }
}

extension Ledger {
    /// All of them, in no particular order.
    package func loadGraphStatuses() throws(LedgerError) -> [GraphStatusRow] {
        try read { db in
            try db.fetchAll(sql: "SELECT graph_id, code, since FROM graph_status").map { row in
                GraphStatusRow(
                    graphID: try row.get("graph_id"),
                    code: try row.get("code"),
                    since: Timestamp(milliseconds: try row.get("since"))
                )
            }
        }
    }
}
