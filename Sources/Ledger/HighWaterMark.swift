/// How far the ledger of a folder has come, in a file beside it. A copy of the ledger from before
/// lacks restarts, pauses and orders, and nothing in the copy itself shows that.
struct HighWaterMark: Hashable, Codable, Sendable {
    /// Of the ledger; a copy has the same.
    let identity: String
    /// The newest line of the audit trail when an intent, pause or order was last written, and
    /// its hash.
    let sequence: Int64
    let hash: String

    static let fileName = "ledger.mark"

    /// nil if there is none.
    static func read(inFolder folder: String) throws(LedgerError) -> HighWaterMark? {
        try MarkFile.read(Self.self, fileName, inFolder: folder)
    }

    /// Replaces the file.
    func write(inFolder folder: String) throws(LedgerError) {
        try MarkFile.write(self, Self.fileName, inFolder: folder)
    }
}
