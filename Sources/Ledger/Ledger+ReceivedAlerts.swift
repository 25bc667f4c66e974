import GRDB
import Remediation
package import Time

/// An alert that came from outside, as JSON.
package struct ReceivedAlertRow: Hashable, Sendable {
    package let fingerprint: String
    package let startsAt: Timestamp
    package let json: [UInt8]

    package init(fingerprint: String, startsAt: Timestamp, json: [UInt8]) {
        self.fingerprint = fingerprint
        self.startsAt = startsAt
        self.json = json
    }
}

extension Ledger {
    /// Writes some alerts and removes others, in one transaction that has reached the disk when this
    /// returns. Of the rows to remove the JSON is not looked at.
    package func saveReceivedAlerts(
        _ saved: [ReceivedAlertRow],
        removing removed: [ReceivedAlertRow] = []
    ) throws(LedgerError) {
        guard !saved.isEmpty || !removed.isEmpty else { return }
        try refuseReplacedFile()
        try write { db in
            for row in removed {
                try db.execute(
                    sql: "DELETE FROM received_alert WHERE fingerprint = ? AND starts_at = ?",
                    arguments: [row.fingerprint, row.startsAt.milliseconds]
                )
            }
            for row in saved {
                try db.execute(
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

    package func loadReceivedAlerts() throws(LedgerError) -> [ReceivedAlertRow] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT fingerprint, starts_at, json FROM received_alert")
                .map { row in
                    let json: String = row["json"]
                    return ReceivedAlertRow(
                        fingerprint: row["fingerprint"],
                        startsAt: Timestamp(milliseconds: row["starts_at"]),
                        json: Array(json.utf8)
                    )
                }
        }
    }
}
