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

    /// Before the restart that an intent allows is sent.
    func raiseMark() throws(LedgerError) {
        guard file != nil else { return }
        try read { db in try db.highWaterMark() }.write(inFolder: folder)
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
            return "it is not the ledger with which the agent last restarted a graph"
        }
        let head = try chainLink(.head)
        guard head.sequence >= mark.sequence else {
            return "its audit trail ends at line \(head.sequence), and the agent had written"
                + " \(mark.sequence) when it last restarted a graph"
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
