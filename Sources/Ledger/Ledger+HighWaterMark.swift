import Remediation
import SQLite

/// Whether this ledger knows all that the agent did. See `HighWaterMark`.
extension Ledger {
    /// Why the ledger is not the newest of its folder, for people; nil if nothing says so. A ledger
    /// without a mark may be any, such as one that an older version left.
    package func shortfall() throws(LedgerError) -> String? {
        guard file != nil else { return nil }
        let mark: HighWaterMark?
        do throws(LedgerError) {
            mark = try HighWaterMark.read(inFolder: folder)
        } catch  where error.isDamage {
            return "\(folder)/\(HighWaterMark.fileName) cannot be read"
        }
        guard let mark else { return nil }
        return try read { db in try db.shortfall(against: mark) }
    }

    /// Makes this ledger the newest of its folder, after a person has said that it may be.
    package func acceptAsNewest() throws(LedgerError) {
        try raiseMark()
    }

    /// Whether a ledger without `changes` would be dangerous or wrong: one without a restart, a
    /// pause or the order of a person. Pauses and orders are recorded in an older ledger too, and
    /// must not make it the newest.
    func isMarkNeeded(for changes: Machine.Changes) throws(LedgerError) -> Bool {
        guard file != nil else { return false }
        if !changes.intents.isEmpty { return true }
        guard changes.pauses != nil || !changes.answered.isEmpty else { return false }
        return try shortfall() == nil
    }

    /// Brings the mark to the newest line of the audit trail.
    func raiseMark() throws(LedgerError) {
        guard file != nil else { return }
        try read { db in try db.highWaterMark() }.write(inFolder: folder)
        isMarkBehind = false
    }

    /// After the commit of a write that needs the mark, and before anything acts on it. A mark that
    /// cannot be raised now is no reason to write the same again: the next write raises it first.
    func noteMarkIsBehind() {
        isMarkBehind = true
        try? raiseMark()
    }

    private var folder: String { LedgerFile.folder(of: path) }
}

extension LedgerError {
    fileprivate var isDamage: Bool {
        if case .corrupt = cause { true } else { false }
    }
}

extension Database {
    func highWaterMark() throws -> HighWaterMark {
        let head = try chainLink(.head)
        return HighWaterMark(
            identity: try identity(),
            sequence: head.sequence,
            hash: head.hash
        )
    }

    /// What `mark` knows and this ledger does not; nil if there is nothing.
    func shortfall(against mark: HighWaterMark) throws -> String? {
        guard try identity() == mark.identity else {
            return "it is not the ledger with which the agent last noted a restart, pause or order"
        }
        let head = try chainLink(.head)
        guard head.sequence >= mark.sequence else {
            return "its audit trail ends at line \(head.sequence), and the agent had written"
                + " \(mark.sequence) when it last noted a restart, pause or order"
        }
        if try mark.sequence <= chainLink(.anchor).sequence { return nil }
        let hash = try fetchValue(
            String.self,
            sql: "SELECT hash FROM audit WHERE seq = ?",
            arguments: [mark.sequence]
        )
        return hash == mark.hash
            ? nil : "line \(mark.sequence) of its audit trail is not the one that the agent wrote"
    }

    private func identity() throws -> String {
        try fetchValue(String.self, sql: "SELECT value FROM ledger_identity") ?? ""
    }
}
