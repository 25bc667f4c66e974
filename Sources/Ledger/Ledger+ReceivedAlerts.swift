import SQLite
import Remediation
package import Time

/// An alert that another program sent, as JSON.
package struct ReceivedAlertRow: Hashable, Sendable {
    /// The hash of the alert's labels by which Alertmanager knows it.
    package let fingerprint: String
    package let startsAt: Timestamp
    package let json: [UInt8]

    package init(fingerprint: String, startsAt: Timestamp, json: [UInt8]) {
        self.fingerprint = fingerprint
        self.startsAt = startsAt
        self.json = json
    }
}

/// What differs from the rows on disk. The JSON of rows to remove is not looked at.
package struct ReceivedAlertChanges: Hashable, Sendable {
    package var saved: [ReceivedAlertRow]
    package var removed: [ReceivedAlertRow]

    package init(saved: [ReceivedAlertRow] = [], removed: [ReceivedAlertRow] = []) {
        self.saved = saved
        self.removed = removed
    }

    package var isEmpty: Bool { saved.isEmpty && removed.isEmpty }
}

extension Database {
    func apply(_ changes: ReceivedAlertChanges) throws {
        for row in changes.removed {
            try execute(
                sql: "DELETE FROM received_alert WHERE fingerprint = ? AND starts_at = ?",
                arguments: [row.fingerprint, row.startsAt.milliseconds]
            )
        }
        for row in changes.saved {
            try execute(
                sql: """
                    INSERT INTO received_alert (fingerprint, starts_at, json) VALUES (?, ?, ?)
                    ON CONFLICT (fingerprint, starts_at) DO UPDATE SET json = excluded.json
                    """,
                arguments: [
                    row.fingerprint, row.startsAt.milliseconds,
                    String(decoding: row.json, as: UTF8.self),
                ]
            )
        }
    }
}

extension Ledger {
    /// All of them, in no particular order.
    package func loadReceivedAlerts() throws(LedgerError) -> [ReceivedAlertRow] {
        try read { db in
            try db.fetchAll(sql: "SELECT fingerprint, starts_at, json FROM received_alert")
                .map { row in
                    let json: String = try row.get("json")
                    return ReceivedAlertRow(
                        fingerprint: try row.get("fingerprint"),
                        startsAt: Timestamp(milliseconds: try row.get("starts_at")),
                        json: Array(json.utf8)
                    )
                }
        }
    }
}
