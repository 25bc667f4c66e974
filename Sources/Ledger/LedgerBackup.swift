import SQLite
import Glibc

/// Copies the ledger of a folder to a file while an agent may be using it.
package enum LedgerBackup {
    /// Writes a consistent copy, readable by its owner alone. The file appears only once it is
    /// complete, checked and on disk, and never replaces another.
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
        // Once the link exists, this removes the other name only.
        defer { unsafe unlink(partial) }
        try copy(path, to: partial)
        let size = try sync(partial)
        // Unlike rename(2), link(2) never replaces a file.
        guard unsafe link(partial, file) == 0 else {
            throw LedgerError(opening: file, failedWith: errno)
        }
        _ = try sync(LedgerFile.folder(of: file))
        return size
    }

    /// An empty file with mode 0600.
    private static func makePartial(beside file: String) throws(LedgerError) -> String {
        var name = "\(file).partial-XXXXXX".utf8CString.map { $0 }
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else { throw LedgerError(opening: file, failedWith: errno) }
        close(descriptor)
        return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func copy(_ path: String, to partial: String) throws(LedgerError) {
        do {
            let source = try DatabaseQueue(path: path)
            defer { source.close() }
            try source.read(LedgerFile.refuseOther)
            try source.backUp(toFile: partial)
        } catch {
            throw LedgerError(error, at: path)
        }
        do {
            let copy = try DatabaseQueue(path: partial)
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
