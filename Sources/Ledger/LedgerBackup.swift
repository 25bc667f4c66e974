import SQLite
import Glibc

/// Copies the ledger of a folder to a file while an agent may be using it.
package enum LedgerBackup {
    /// An agent holds its locks for much less.
    private static let busyTimeoutMilliseconds = 5_000

    /// Writes a consistent copy, readable by its owner alone. The file appears only once it is
    /// complete, checked and on disk, and never replaces another. On a file system without links,
    /// it may be incomplete until this returns.
    ///
    /// - Returns: the size of the copy in bytes.
    @discardableResult
    package static func write(ofFolder folder: String, to file: String) throws(LedgerError) -> Int {
        let path = folder + "/" + Ledger.fileName
        guard unsafe access(path, F_OK) == 0 else {
            throw LedgerError(opening: path, failedWith: errno)
        }
        guard unsafe access(file, F_OK) != 0 else {
            throw LedgerError(opening: file, failedWith: EEXIST)
        }
        let partial = try makePartial(beside: file)
        // Once the file has its name, this removes at most the other one.
        defer { for end in ["", "-journal", "-wal", "-shm"] { unsafe unlink(partial + end) } }
        try copy(path, to: partial)
        let size = try sync(partial)
        try BackupPlacement.place(partial, at: file)
        _ = try sync(LedgerFile.folder(of: file))
        return size
    }

    /// An empty file with mode 0600.
    private static func makePartial(beside file: String) throws(LedgerError) -> String {
        let template = "\(file).partial-" + String(repeating: "X", count: 6)
        var name = template.utf8CString.map { $0 }
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else { throw LedgerError(opening: file, failedWith: errno) }
        close(descriptor)
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func copy(_ path: String, to partial: String) throws(LedgerError) {
        do {
            // A missing ledger must not become an empty one.
            let source = try DatabaseQueue(
                path: path,
                busyTimeoutMilliseconds: busyTimeoutMilliseconds,
                mayCreate: false
            )
            defer { source.close() }
            try source.read(LedgerFile.refuseOther)
            try source.backUp(toFile: partial)
        } catch {
            throw LedgerError(error, at: path)
        }
        do {
            let copy = try DatabaseQueue(path: partial, mayCreate: false)
            defer { copy.close() }
            // In one file: a copy in WAL mode would leave a second one beside it.
            try copy.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
                try LedgerFile.check(db)
            }
        } catch {
            throw LedgerError(error, at: partial)
        }
    }

    private static func sync(_ path: String) throws(LedgerError) -> Int {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LedgerError(opening: path, failedWith: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fsync(descriptor) == 0, unsafe fstat(descriptor, &status) == 0 else {
            throw LedgerError(opening: path, failedWith: errno)
        }
        return Int(status.st_size)
    }
}
