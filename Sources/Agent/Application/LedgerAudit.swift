import API
import Ledger
import Remediation

/// The audit trail and the incidents of the ledger in a folder. Opens it for each call: a
/// connection that stays open would go on reading a file that somebody replaced.
struct LedgerAudit: AuditSource, IncidentSource {
    let folder: String

    func audit(_ query: AuditQuery) throws(AuditSourceError) -> AuditPage {
        try read { reader throws(LedgerError) in try reader.audit(query) }
    }

    func verify(mayContinue: () -> Bool) throws(AuditSourceError) -> ChainReport? {
        try read { reader throws(LedgerError) in
            try reader.verifyAudit(mayContinue: mayContinue)
        }
    }

    func incidents(_ filter: IncidentFilter) throws(AuditSourceError) -> [IncidentRecord] {
        try read { reader throws(LedgerError) in try reader.incidents(filter) }
    }

    func incident(_ id: String) throws(AuditSourceError) -> IncidentTimeLine? {
        try read { reader throws(LedgerError) in try reader.incident(id) }
    }

    private func read<Value>(
        _ body: (LedgerReader) throws(LedgerError) -> Value
    ) throws(AuditSourceError) -> Value {
        do throws(LedgerError) {
            return try body(LedgerReader(folder: folder))
        } catch {
            throw AuditSourceError(text: "\(error)")
        }
    }
}
