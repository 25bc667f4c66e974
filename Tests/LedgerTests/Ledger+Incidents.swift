import Remediation

@testable import Ledger

/// The program reads incidents by a `LedgerReader`, which needs files.
extension Ledger {
    func incidents(_ filter: IncidentFilter) throws(LedgerError) -> [IncidentRecord] {
        try read { db in try db.incidents(filter) }
    }

    func incident(_ id: String) throws(LedgerError) -> IncidentTimeLine? {
        try read { db in try db.incident(id) }
    }
}
