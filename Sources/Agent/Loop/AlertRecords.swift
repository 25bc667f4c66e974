import JSON
import Rules

/// Alert state in the form of the ledger: a key that identifies the alert, and JSON.
enum AlertRecords {
    static func encode(_ alerts: [AlertSnapshot]) -> [String: [UInt8]] {
        var records: [String: [UInt8]] = [:]
        for alert in alerts {
            // A state that cannot be encoded, such as one with a label of 64 MiB, is dropped alone.
            records[key(alert)] = try? StrictJSONEncoder().encode(alert)
        }
        return records
    }

    /// Skips states that this version cannot read. Such an alert starts over, which can only delay
    /// a restart.
    static func decode(_ records: [String: [UInt8]]) -> [AlertSnapshot] {
        records.sorted { $0.key < $1.key }.compactMap { _, bytes in
            try? StrictJSONDecoder().decode(AlertSnapshot.self, from: bytes)
        }
    }

    private static func key(_ alert: AlertSnapshot) -> String {
        let labels = alert.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
        return ([alert.group, alert.ruleName] + labels).joined(separator: "\u{1f}")
    }
}
