import SQLite
import Glibc

/// Whether the file can still be trusted while it is open. SQLite notices neither a file that was
/// replaced nor pages that went bad while it has them in memory, and an intent that is "on disk"
/// in such a file is lost at the next start.
extension Ledger {
    /// Reads the whole file again, on a connection of its own. The writing connection has pages in
    /// memory and would not miss them on disk. Of a ledger in memory there is nothing to compare.
    package func verify() throws(LedgerError) {
        guard file != nil else { return }
        try refuseReplacedFile()
        do {
            let fresh = try DatabaseQueue(path: path)
            defer { fresh.close() }
            try fresh.read(LedgerFile.check)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// SQLite would go on writing to a file that has lost its name, and the next start would not
    /// find it.
    func refuseReplacedFile() throws(LedgerError) {
        guard let file, FileIdentity(path) != file.identity else { return }
        throw LedgerError(cause: .replaced, path: path)
    }
}

/// What makes a file this one and no other.
struct FileIdentity: Hashable, Sendable {
    let device: UInt
    let number: UInt

    /// nil if there is no file at `path`.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
