import CSQLite

/// A connection of SQLite. One thread uses it at a time.
@safe
struct Connection: ~Copyable {
    private let connection: OpaquePointer
    /// The statement whose rows are read one after the other.
    private var cursor: OpaquePointer?
    /// Statements that are kept for the next time, by their text.
    private var kept: [String: Statement] = [:]

    @safe
    private struct Statement {
        let pointer: OpaquePointer
    }

    enum Access {
        /// A file that is missing is created.
        case creating
        /// A file that is missing is an error.
        case existing
        case reading
    }

    /// Opens a file. `:memory:` is a database in memory.
    ///
    /// - Parameters:
    ///   - busyTimeoutMilliseconds: how long to wait for a lock of another connection.
    ///   - access: what may be done to the file.
    init(
        path: String,
        busyTimeoutMilliseconds: Int32,
        access: Access
    ) throws(DatabaseError) {
        unsafe connection = try Self.open(path, access)
        _ = unsafe sqlite3_extended_result_codes(connection, 1)
        _ = unsafe sqlite3_busy_timeout(connection, busyTimeoutMilliseconds)
    }

    private static func open(
        _ path: String,
        _ access: Access
    ) throws(DatabaseError) -> OpaquePointer {
        var opened: OpaquePointer?
        let flags =
            switch access {
            case .creating: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .existing: SQLITE_OPEN_READWRITE
            case .reading: SQLITE_OPEN_READONLY
            }
        let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened = unsafe opened else {
            throw DatabaseError(extendedCode: SQLITE_NOMEM, message: "out of memory")
        }
        guard code == SQLITE_OK else {
            defer { unsafe sqlite3_close_v2(opened) }
            throw unsafe DatabaseError(opened, code)
        }
        return unsafe opened
    }

    deinit {
        unsafe sqlite3_finalize(cursor)
        for statement in kept.values { unsafe sqlite3_finalize(statement.pointer) }
        unsafe sqlite3_close_v2(connection)
    }

    var changesCount: Int { Int(unsafe sqlite3_changes(connection)) }

    /// Replaces the content of another database by that of this one, as one consistent state.
    func backUp(to copy: borrowing Connection) throws(DatabaseError) {
        guard
            let backup = unsafe sqlite3_backup_init(copy.connection, "main", connection, "main")
        else { throw unsafe DatabaseError(copy.connection, sqlite3_errcode(copy.connection)) }
        let code = unsafe sqlite3_backup_step(backup, -1)
        let end = unsafe sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            throw unsafe DatabaseError(copy.connection, end == SQLITE_OK ? code : end)
        }
    }

    /// The bytes that a file with this database would have.
    func content() throws(DatabaseError) -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let bytes = unsafe sqlite3_serialize(connection, "main", &size, 0) else {
            throw DatabaseError(extendedCode: SQLITE_NOMEM, message: "out of memory")
        }
        defer { unsafe sqlite3_free(bytes) }
        return unsafe Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
    }

    /// Turns the connection into a database in memory with this content.
    func replaceContent(by content: [UInt8]) throws(DatabaseError) {
        let size = sqlite3_int64(content.count)
        guard let bytes = unsafe sqlite3_malloc64(sqlite3_uint64(content.count)) else {
            throw DatabaseError(extendedCode: SQLITE_NOMEM, message: "out of memory")
        }
        unsafe UnsafeMutableRawBufferPointer(start: bytes, count: content.count)
            .copyBytes(from: content)
        let code = unsafe sqlite3_deserialize(
            connection,
            "main",
            bytes.assumingMemoryBound(to: UInt8.self),
            size,
            size,
            UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        )
        guard code == SQLITE_OK else { throw unsafe DatabaseError(connection, code) }
    }

    /// Runs one or several statements, of which only a single one may have arguments.
    ///
    /// - Returns: the rows of the last.
    func run(
        _ sql: String,
        _ arguments: [DatabaseValue]
    ) throws(DatabaseError) -> [Row] {
        var rows: [Row] = []
        var rest = Array(sql.utf8CString)[...]
        while rest.count > 1 {
            var statement: OpaquePointer?
            let (code, used) = unsafe rest.withUnsafeBufferPointer { text in
                var tail: UnsafePointer<CChar>?
                let code = unsafe sqlite3_prepare_v2(
                    connection,
                    text.baseAddress,
                    Int32(clamping: text.count),
                    &statement,
                    &tail
                )
                let used = unsafe tail.flatMap { tail in
                    unsafe text.baseAddress.map { unsafe tail - $0 }
                }
                return (code, used ?? text.count)
            }
            guard code == SQLITE_OK else { throw unsafe DatabaseError(connection, code) }
            rest = rest.dropFirst(max(used, 1))
            // Nothing but white space and comments.
            guard let statement = unsafe statement else { continue }
            defer { unsafe sqlite3_finalize(statement) }
            try unsafe bind(arguments, to: statement)
            rows = try unsafe step(statement)
        }
        return rows
    }

    private func bind(
        _ arguments: [DatabaseValue],
        to statement: OpaquePointer
    ) throws(DatabaseError) {
        for (offset, argument) in arguments.enumerated() {
            let index = Int32(clamping: offset + 1)
            let code =
                switch argument {
                case .null: unsafe sqlite3_bind_null(statement, index)
                case .integer(let number): unsafe sqlite3_bind_int64(statement, index, number)
                case .real(let number): unsafe sqlite3_bind_double(statement, index, number)
                case .text(let text):
                    unsafe CSQLite_bind_text(
                        statement,
                        index,
                        text,
                        Int32(clamping: text.utf8.count)
                    )
                case .blob(let bytes):
                    unsafe CSQLite_bind_blob(
                        statement,
                        index,
                        bytes,
                        Int32(clamping: bytes.count)
                    )
                }
            guard code == SQLITE_OK else { throw unsafe DatabaseError(connection, code) }
        }
    }

    /// Runs a single statement that is kept, so that it is not parsed the next time.
    mutating func runOften(
        _ sql: String,
        _ arguments: [DatabaseValue]
    ) throws(DatabaseError) -> [Row] {
        let statement = unsafe try kept(sql).pointer
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
        }
        try unsafe bind(arguments, to: statement)
        return try unsafe step(statement)
    }

    private mutating func kept(_ sql: String) throws(DatabaseError) -> Statement {
        if let statement = kept[sql] { return statement }
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let pointer = unsafe prepared else {
            throw unsafe DatabaseError(connection, code)
        }
        let statement = unsafe Statement(pointer: pointer)
        kept[sql] = statement
        return statement
    }

    // MARK: Rows one after the other

    /// Begins to read the rows of a single statement. The rows of one statement are read at a time.
    mutating func begin(
        _ sql: String,
        _ arguments: [DatabaseValue]
    ) throws(DatabaseError) {
        guard unsafe cursor == nil else {
            throw DatabaseError(
                extendedCode: SQLITE_MISUSE,
                message: "the rows of another query are being read"
            )
        }
        let code = unsafe sqlite3_prepare_v2(connection, sql, -1, &cursor, nil)
        guard code == SQLITE_OK, let statement = unsafe cursor else {
            throw unsafe DatabaseError(connection, code)
        }
        do {
            try unsafe bind(arguments, to: statement)
        } catch {
            end()
            throw error
        }
    }

    /// The next rows; none after the last.
    mutating func next(_ maximumCount: Int) throws(DatabaseError) -> [Row] {
        guard let statement = unsafe cursor else { return [] }
        let rows = try unsafe step(statement, maximumCount)
        if rows.count < maximumCount { end() }
        return rows
    }

    /// Moves on to the next row; false after the last.
    mutating func advance() throws(DatabaseError) -> Bool {
        guard let statement = unsafe cursor else { return false }
        switch unsafe sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            end()
            return false
        case let code: throw unsafe DatabaseError(connection, code)
        }
    }

    /// The number in a column of the row that was moved to; nil if it is none.
    func number(_ column: Int32) -> Int? {
        guard let statement = unsafe cursor,
            unsafe sqlite3_column_type(statement, column) == SQLITE_INTEGER
        else { return nil }
        return Int(unsafe sqlite3_column_int64(statement, column))
    }

    /// Replaces a buffer by the blob in a column of the row that was moved to; false if it is none.
    func copyBlob(_ column: Int32, to buffer: inout [UInt8]) -> Bool {
        guard let statement = unsafe cursor,
            unsafe sqlite3_column_type(statement, column) == SQLITE_BLOB
        else { return false }
        buffer.removeAll(keepingCapacity: true)
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        if let bytes = unsafe sqlite3_column_blob(statement, column) {
            unsafe buffer.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        }
        return true
    }

    mutating func end() {
        unsafe sqlite3_finalize(cursor)
        unsafe cursor = nil
    }

    private func step(
        _ statement: OpaquePointer,
        _ maximumCount: Int = .max
    ) throws(DatabaseError) -> [Row] {
        let columns = unsafe sqlite3_column_count(statement)
        let names = (0..<columns).map { column in
            unsafe sqlite3_column_name(statement, column).map { unsafe String(cString: $0) } ?? ""
        }
        var rows: [Row] = []
        while rows.count < maximumCount {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_DONE: return rows
            case SQLITE_ROW:
                let values = (0..<columns).map { unsafe Self.value(of: statement, $0) }
                rows.append(Row(names: names, values: values))
            case let code: throw unsafe DatabaseError(connection, code)
            }
        }
        return rows
    }

    private static func value(of statement: OpaquePointer, _ column: Int32) -> DatabaseValue {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        case SQLITE_BLOB:
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            guard let bytes = unsafe sqlite3_column_blob(statement, column) else {
                return .blob([])
            }
            return .blob(unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        default:
            guard let text = unsafe sqlite3_column_text(statement, column) else { return .null }
            let count = Int(unsafe sqlite3_column_bytes(statement, column))
            let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
            return .text(unsafe String(decoding: bytes, as: UTF8.self))
        }
    }
}
