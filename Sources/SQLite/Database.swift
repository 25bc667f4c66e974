// SQLite wraps the C interface of SQLite: connections, statements, rows and errors. It knows no
// table, and nothing of what is stored.

import CSQLite
import Synchronization

/// The database of a `DatabaseQueue`, within its closures.
package final class Database: Sendable {
    /// nil once closed.
    private let connection: Mutex<Connection?>

    init(
        path: String,
        busyTimeoutMilliseconds: Int32,
        access: Connection.Access
    ) throws(DatabaseError) {
        connection = Mutex(
            try Connection(
                path: path,
                busyTimeoutMilliseconds: busyTimeoutMilliseconds,
                access: access
            )
        )
        try execute(sql: "PRAGMA foreign_keys = ON")
    }

    /// A database in memory.
    private init(content: [UInt8]) throws(DatabaseError) {
        let copy = try Connection(path: ":memory:", busyTimeoutMilliseconds: 0, access: .creating)
        try copy.replaceContent(by: content)
        connection = Mutex(copy)
        try execute(sql: "PRAGMA foreign_keys = ON")
    }

    /// The number of rows that the last statement inserted, updated or deleted.
    package var changesCount: Int { connection.withLock { $0?.changesCount ?? 0 } }

    /// Runs one or several statements. Only a single statement may have arguments.
    package func execute(
        sql: String,
        arguments: [any DatabaseConvertible] = []
    ) throws(DatabaseError) {
        _ = try fetchAll(sql: sql, arguments: arguments)
    }

    /// The rows of a query.
    package func fetchAll(
        sql: String,
        arguments: [any DatabaseConvertible] = []
    ) throws(DatabaseError) -> [Row] {
        let values = arguments.map(\.databaseValue)
        return try connection.withLock { connection throws(DatabaseError) in
            guard let rows = try connection?.run(sql, values) else { throw Self.closed }
            return rows
        }
    }

    /// Runs a single statement that is run many times with other arguments, faster than the others do.
    /// Its text must be one of a few, because all of them are kept.
    package func runOften(
        sql: String,
        arguments: [any DatabaseConvertible]
    ) throws(DatabaseError) -> [Row] {
        let values = arguments.map(\.databaseValue)
        return try connection.withLock { connection throws(DatabaseError) in
            guard let rows = try connection?.runOften(sql, values) else { throw Self.closed }
            return rows
        }
    }

    /// Passes the rows of a query to `take` until it returns false. However many there are, a few
    /// are in memory. `take` must not begin another query of this kind.
    package func forEachRow(
        sql: String,
        arguments: [any DatabaseConvertible] = [],
        _ take: (Row) -> Bool
    ) throws(DatabaseError) {
        let values = arguments.map(\.databaseValue)
        try connection.withLock { connection throws(DatabaseError) in
            guard try connection?.begin(sql, values) != nil else { throw Self.closed }
        }
        defer { connection.withLock { $0?.end() } }
        while true {
            let rows = try connection.withLock { connection throws(DatabaseError) in
                try connection?.next(Self.rowsAtOnce) ?? []
            }
            guard !rows.isEmpty else { return }
            for row in rows { guard take(row) else { return } }
        }
    }

    private static let rowsAtOnce = 16

    /// Passes the rows of a query of two columns, a number and a blob, to `take` until it returns
    /// false. It is faster than `forEachRow`, because no row takes memory of its own. Rows without a
    /// number are left out. `take` must not begin another query of this kind.
    ///
    /// - Parameters:
    ///   - isWanted: whether the blob is read; nil ends the reading.
    ///   - take: gets nil if the second column is no blob.
    /// - Returns: false if the reading was ended.
    package func forEachBlob(
        sql: String,
        arguments: [any DatabaseConvertible] = [],
        where isWanted: (Int) -> Bool?,
        _ take: (Int, [UInt8]?) -> Bool
    ) throws(DatabaseError) -> Bool {
        let values = arguments.map(\.databaseValue)
        try connection.withLock { connection throws(DatabaseError) in
            guard try connection?.begin(sql, values) != nil else { throw Self.closed }
        }
        defer { connection.withLock { $0?.end() } }
        var buffer: [UInt8] = []
        while true {
            let row = try connection.withLock { connection throws(DatabaseError) in
                guard try connection?.advance() ?? false else { return nil as Int?? }
                return .some(connection?.number(0))
            }
            guard let row else { return true }
            guard let number = row else { continue }
            guard let isWanted = isWanted(number) else { return false }
            guard isWanted else { continue }
            let isBlob = connection.withLock { $0?.copyBlob(1, to: &buffer) ?? false }
            guard take(number, isBlob ? buffer : nil) else { return false }
        }
    }

    /// The first row of a query; nil if there is none.
    package func fetchOne(
        sql: String,
        arguments: [any DatabaseConvertible] = []
    ) throws(DatabaseError) -> Row? {
        try fetchAll(sql: sql, arguments: arguments).first
    }

    /// The first column of the first row; nil if there is no row or the value is of another type.
    package func fetchValue<Value: DatabaseConvertible>(
        _ type: Value.Type = Value.self,
        sql: String,
        arguments: [any DatabaseConvertible] = []
    ) throws(DatabaseError) -> Value? {
        try fetchOne(sql: sql, arguments: arguments)?.values.first.flatMap {
            Value(databaseValue: $0)
        }
    }

    func backUp(toFile path: String) throws(DatabaseError) {
        try connection.withLock { connection throws(DatabaseError) in
            guard connection != nil else { throw Self.closed }
            let copy = try Connection(path: path, busyTimeoutMilliseconds: 0, access: .creating)
            try connection?.backUp(to: copy)
        }
    }

    /// A new database in memory with the same content.
    func copyInMemory() throws(DatabaseError) -> Database {
        let content = try connection.withLock { connection throws(DatabaseError) in
            guard let content = try connection?.content() else { throw Self.closed }
            return content
        }
        return try Database(content: content)
    }

    /// Later calls throw.
    func close() {
        connection.withLock { $0 = nil }
    }

    private static let closed = DatabaseError(
        extendedCode: SQLITE_MISUSE,
        message: "the database is closed"
    )
}
