import SQLite

/// How often the agent has started.
package struct StartCount: Hashable, Sendable {
    /// Since the ledger was created, this start included.
    package var total: Int
    /// In a row, this one included, of which none was seen to outlast the start-up grace.
    package var early: Int

    package init(total: Int, early: Int) {
        self.total = total
        self.early = early
    }
}

extension Ledger {
    /// Counts this start.
    package func countStart() throws(LedgerError) -> StartCount {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO start (id, total, early) VALUES (1, 1, 1)
                    ON CONFLICT (id) DO UPDATE SET total = total + 1, early = early + 1
                    """
            )
        }
        return try read { db in
            let row = try db.fetchOne(sql: "SELECT total, early FROM start")
            return try row.map {
                StartCount(total: try $0.get("total"), early: try $0.get("early"))
            } ?? StartCount(total: 1, early: 1)
        }
    }
}

extension Database {
    /// This start has outlasted the start-up grace.
    func noteLastingStart() throws {
        try execute(sql: "UPDATE start SET early = 0")
    }
}
