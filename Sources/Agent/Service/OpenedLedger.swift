import Ledger
import Remediation
import Rules

/// The ledger, and what the agent goes on from.
struct OpenedLedger {
    let ledger: Ledger
    let snapshot: MachineSnapshot
    let alerts: [AlertSnapshot]
    let clock: ClockRecord?
    let received: [ReceivedAlertRow]

    init(folder: String) throws(LedgerError) {
        ledger = try Ledger(folder: folder)
        snapshot = try ledger.load()
        alerts = AlertRecords.decode(try ledger.loadAlertStates())
        clock = try ledger.loadClock()
        received = try ledger.loadReceivedAlerts()
    }
}
