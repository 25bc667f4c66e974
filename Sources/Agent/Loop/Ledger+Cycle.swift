package import Cycle
import JSON
package import Ledger
import Rules

/// Between what the cycle wants kept and the rows of the ledger.
extension Ledger {
    /// Writes all of it in one transaction.
    package func write(_ toDisk: ToDisk) throws(LedgerError) {
        try record(
            toDisk.changes,
            alertStates: AlertRecords.encode(toDisk.alerts),
            received: ReceivedAlertRecords.changes(toDisk),
            clock: toDisk.clock.map(ClockRecord.init)
        )
    }

    /// What an agent that ran before left behind.
    package func memory() throws(LedgerError) -> CycleMemory {
        CycleMemory(
            machine: try load(),
            alerts: AlertRecords.decode(try loadAlertStates()),
            received: ReceivedAlertRecords.decode(try loadReceivedAlerts()),
            clock: try loadClock().map(ClockMoment.init)
        )
    }
}

/// Alerts of others as the ledger keeps them: a key and JSON.
enum ReceivedAlertRecords {
    static func changes(_ toDisk: ToDisk) -> ReceivedAlertChanges {
        ReceivedAlertChanges(
            // An alert that cannot be written as JSON (a label of 64 MiB) is lost alone.
            saved: toDisk.savedReceived.compactMap { alert in
                let json = try? StrictJSONEncoder().encode(alert)
                return json.map { row(alert.key, $0) }
            },
            removed: toDisk.removedReceived.map { row($0, []) }
        )
    }

    /// What an older version wrote and this one cannot read asks for nothing.
    static func decode(_ rows: [ReceivedAlertRow]) -> [ReceivedAlert] {
        rows.compactMap { try? StrictJSONDecoder().decode(ReceivedAlert.self, from: $0.json) }
    }

    private static func row(_ key: ReceivedAlert.Key, _ json: [UInt8]) -> ReceivedAlertRow {
        ReceivedAlertRow(fingerprint: key.fingerprint, startsAt: key.startsAt, json: json)
    }
}

extension ClockRecord {
    init(_ moment: ClockMoment) {
        self.init(
            bootID: moment.bootID,
            elapsed: moment.elapsed,
            wall: moment.wall,
            earliest: moment.earliest
        )
    }
}

extension ClockMoment {
    init(_ record: ClockRecord) {
        self.init(
            bootID: record.bootID,
            elapsed: record.elapsed,
            wall: record.wall,
            earliest: record.earliest
        )
    }
}
