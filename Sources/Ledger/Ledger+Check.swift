import GRDB
import Glibc

extension Ledger {
    /// Reads the whole file anew, on a connection of its own: the one that writes has its pages in
    /// memory, and would not notice that they are gone from the disk.
    package func verify() throws(LedgerError) {
        try refuseReplacedFile()
        do {
            let fresh = try DatabaseQueue(path: path)
            defer { try? fresh.close() }
            try fresh.read(LedgerFile.check)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// SQLite goes on writing to a file that has no name any more; the next start would not find it.
    func refuseReplacedFile() throws(LedgerError) {
        guard FileIdentity(path) == identity else {
            throw LedgerError(cause: .replaced, path: path)
        }
    }
}

/// What makes a file this one and no other.
struct FileIdentity: Hashable {
    let device: UInt
    let number: UInt

    /// nil if there is none at `path`.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
    }
}
