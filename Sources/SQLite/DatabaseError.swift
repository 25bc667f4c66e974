import CSQLite

/// An error of SQLite. Never contains a value that was bound to a statement.
package struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One of SQLite's extended result codes.
    package let extendedCode: Int32
    package let message: String

    /// The primary result code.
    package var code: Int32 { extendedCode & 0xFF }

    package var description: String { "SQLite error \(extendedCode): \(message)" }

    package init(extendedCode: Int32, message: String) {
        self.extendedCode = extendedCode
        self.message = message
    }

    /// The error of the last call on a connection.
    init(_ connection: OpaquePointer, _ code: Int32) {
        let extended = unsafe sqlite3_extended_errcode(connection)
        extendedCode = extended & 0xFF == code & 0xFF ? extended : code
        message =
            unsafe sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
            ?? "code \(code)"
    }
}

extension DatabaseError {
    package static let full = SQLITE_FULL
    package static let busy = SQLITE_BUSY
    package static let locked = SQLITE_LOCKED
    package static let corrupt = SQLITE_CORRUPT
    package static let notADatabase = SQLITE_NOTADB
    package static let readOnly = SQLITE_READONLY
    package static let permission = SQLITE_PERM
    package static let authorization = SQLITE_AUTH
    package static let cannotOpen = SQLITE_CANTOPEN
    package static let inputOutput = SQLITE_IOERR
    package static let constraint = SQLITE_CONSTRAINT
}
