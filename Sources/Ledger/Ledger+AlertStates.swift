import SQLite
import JSON

/// The states of alerts, as JSON by key: what they say is the business of the rule engine.
extension Ledger {
    /// The states on disk; also what later writes are compared with.
    package func loadAlertStates() throws(LedgerError) -> [String: [UInt8]] {
        let states = try read { db in
            let rows = try db.fetchAll(sql: "SELECT key, json FROM alert_state")
            return Dictionary(
                uniqueKeysWithValues: try rows.map { row -> (String, [UInt8]) in
                    let json: String = try row.get("json")
                    return (try row.get("key"), Array(json.utf8))
                }
            )
        }
        writtenAlertStates = states
        return states
    }

    /// What must be written to make the states on disk equal to `states`. Most are the same from
    /// one cycle to the next.
    func difference(from states: [String: [UInt8]]) throws(LedgerError) -> AlertStateChanges {
        let written: [String: [UInt8]]
        if let known = writtenAlertStates {
            written = known
        } else {
            written = try loadAlertStates()
        }
        return AlertStateChanges(
            saved: states.filter { written[$0.key] != $0.value },
            removed: written.keys.filter { states[$0] == nil }
        )
    }
}

/// What has to be written so that the disk holds the current states.
struct AlertStateChanges {
    let saved: [String: [UInt8]]
    let removed: [String]

    var isEmpty: Bool { saved.isEmpty && removed.isEmpty }
}

extension Database {
    /// Within the transaction of the step that the states belong to.
    func apply(_ changes: AlertStateChanges) throws {
        for key in changes.removed {
            try execute(sql: "DELETE FROM alert_state WHERE key = ?", arguments: [key])
        }
        for (key, json) in changes.saved {
            try execute(
                sql: """
                    INSERT INTO alert_state (key, json) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET json = excluded.json
                    """,
                arguments: [key, String(decoding: json, as: UTF8.self)]
            )
        }
    }
}
