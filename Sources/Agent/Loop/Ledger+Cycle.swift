package import Cycle
import JSON
package import Ledger
import Rules

/// Translates between the values of the cycle and the rows of the ledger.
extension Ledger {
    /// Writes everything in one transaction.
    package func write(_ toDisk: ToDisk) throws(LedgerError) {
        try record(
            toDisk.changes,
            alertStates: toDisk.alerts.map(AlertRecords.encode),
            received: ReceivedAlertRecords.changes(toDisk),
            statuses: GraphStatusChanges(
                saved: toDisk.savedStatuses.map {
                    GraphStatusRow(graphID: $0.graphID, code: $0.code, since: $0.since)
                },
                removed: toDisk.removedStatuses
            ),
            memories: GraphMemoryChanges(
                saved: toDisk.savedMemories,
                removed: toDisk.removedMemories
            ),
            incidents: toDisk.incidents,
            clock: toDisk.clock.map(ClockRecord.init),
            isLastingStart: toDisk.isLastingStart
        )
    }

    /// The state that the previous run left on disk.
    package func memory() throws(LedgerError) -> CycleMemory {
        var memory = CycleMemory(
            machine: try load(),
            alerts: AlertRecords.decode(try loadAlertStates()),
            received: ReceivedAlertRecords.decode(try loadReceivedAlerts()),
            statuses: try loadGraphStatuses().map {
                StatusMoment(graphID: $0.graphID, code: $0.code, since: $0.since)
            },
            memories: try loadGraphMemories(),
            clock: try loadClock().map(ClockMoment.init)
        )
        memory.incidents = try loadOpenIncidents()
        return memory
    }
}

/// Received alerts in the form of the ledger: a key and JSON.
enum ReceivedAlertRecords {
    static func changes(_ toDisk: ToDisk) -> ReceivedAlertChanges {
        ReceivedAlertChanges(
            // An alert that cannot be encoded, such as one with a label of 64 MiB, is dropped
            // alone.
            saved: toDisk.savedReceived.compactMap { alert in
                let json = try? StrictJSONEncoder().encode(alert)
                return json.map { row(alert.key, $0) }
            },
            removed: toDisk.removedReceived.map { row($0, []) }
        )
    }

    /// Skips alerts that this version cannot read.
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
