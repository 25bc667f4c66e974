import Synchronization

/// A database with one connection, which one thread uses at a time. Every call blocks.
package final class DatabaseQueue: Sendable {
    private let database: Database
    /// Held during a closure.
    private let turn = Mutex(())

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - mayCreate: whether a file that is missing is created, rather than an error.
    ///   - isReadOnly: whether nothing is ever written to the file, not even what is left in its
    ///     write-ahead log.
    package init(
        path: String,
        busyTimeoutMilliseconds: Int = 0,
        mayCreate: Bool = true,
        isReadOnly: Bool = false
    ) throws(DatabaseError) {
        database = try Database(
            path: path,
            busyTimeoutMilliseconds: Int32(clamping: busyTimeoutMilliseconds),
            access: isReadOnly ? .reading : mayCreate ? .creating : .existing
        )
    }

    /// A new database in memory.
    package static func inMemory() throws(DatabaseError) -> DatabaseQueue {
        try DatabaseQueue(path: ":memory:")
    }

    /// Runs `body` in one transaction. If it throws, nothing is written.
    package func write<Value: Sendable>(_ body: (Database) throws -> Value) throws -> Value {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// Runs `body` on one consistent state.
    package func read<Value: Sendable>(_ body: (Database) throws -> Value) throws -> Value {
        try transaction("BEGIN", body)
    }

    package func writeWithoutTransaction<Value: Sendable>(
        _ body: (Database) throws -> Value
    ) throws -> Value {
        try turn.withLock { _ in try body(database) }
    }

    /// Copies everything to the database in another file, as one consistent state.
    package func backUp(toFile path: String) throws(DatabaseError) {
        try database.backUp(toFile: path)
    }

    /// A new database in memory with the same content.
    package func copyInMemory() throws(DatabaseError) -> DatabaseQueue {
        DatabaseQueue(try database.copyInMemory())
    }

    private init(_ database: Database) {
        self.database = database
    }

    /// Later calls throw. Closing twice is allowed.
    package func close() {
        turn.withLock { _ in database.close() }
    }

    private func transaction<Value: Sendable>(
        _ begin: String,
        _ body: (Database) throws -> Value
    ) throws -> Value {
        try writeWithoutTransaction { db in
            try db.execute(sql: begin)
            do {
                let value = try body(db)
                try db.execute(sql: "COMMIT")
                return value
            } catch {
                // Some errors have ended the transaction already.
                try? db.execute(sql: "ROLLBACK")
                throw error
            }
        }
    }
}
