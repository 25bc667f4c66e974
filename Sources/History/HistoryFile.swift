// History keeps the samples of the agent's series in a file, as the compressed chunks in which the
// store seals them, so that the windows of rules survive a restart of the agent. It is one SQLite
// database beside the ledger.
//
// Nothing in it is needed for a decision: whatever fails here, the agent goes on with the samples
// in its memory. So a file that cannot be read is moved aside, and a full disk stops only the
// history.

import Glibc
import SQLite
import Time

/// The file. Every call blocks, so it belongs on a thread of its own.
package final class HistoryFile: Sendable {
    package static let fileName = "history.db"
    /// "GWHS". Says whose database it is, to file(1) and to us.
    static let applicationID = 0x4757_4853
    static let version = 1
    static let pageBytes = 4096

    package let path: String
    let database: DatabaseQueue

    /// Opens the file in `folder`, which must exist. Creates it if it is missing.
    package init(folder: String) throws(HistoryError) {
        path = folder + "/" + Self.fileName
        // SQLite creates its other files with the mode of the database.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw HistoryError(.unusable(unsafe String(cString: strerror(errno))), path)
        }
        Glibc.close(descriptor)
        do {
            database = try DatabaseQueue(path: path, busyTimeoutMilliseconds: 2_000)
            try database.writeWithoutTransaction { db in try Self.setUp(db) }
        } catch {
            throw HistoryError(error, path)
        }
    }

    /// `synchronous = NORMAL`: a power cut may lose the newest chunks but damages nothing.
    private static func setUp(_ db: Database) throws {
        let owner = try db.fetchValue(Int.self, sql: "PRAGMA application_id") ?? 0
        let tables = try db.fetchValue(Int.self, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        let version = try db.fetchValue(Int.self, sql: "PRAGMA user_version") ?? 0
        let isEmpty = owner == 0 && tables == 0
        guard isEmpty || owner == applicationID else { throw HistoryError(.foreign, "") }
        guard isEmpty || version == Self.version else {
            throw HistoryError(.otherVersion(version), "")
        }
        try db.execute(
            sql: """
                PRAGMA page_size = \(pageBytes);
                PRAGMA auto_vacuum = INCREMENTAL;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 1000;
                PRAGMA journal_size_limit = 4194304;
                """
        )
        guard isEmpty else { return }
        try db.execute(
            sql: """
                BEGIN IMMEDIATE;
                \(schema)
                PRAGMA application_id = \(applicationID);
                PRAGMA user_version = \(Self.version);
                COMMIT;
                """
        )
    }

    /// - `series.labels`: see `Labels.init(bytes:)`. `newest` is the bucket of its newest chunk.
    /// - `chunk`: the key keeps chunks of one time together, so that neither writing the newest nor
    ///   deleting the oldest touches many pages, and those of one series within it. No chunk spans
    ///   more than a bucket. A chunk of an earlier generation is of another clock or cloud.
    private static let schema = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            generation INTEGER NOT NULL,
            vantage TEXT NOT NULL
        ) STRICT;
        INSERT INTO meta VALUES (1, 1, '');
        CREATE TABLE series (
            id INTEGER PRIMARY KEY,
            labels BLOB NOT NULL UNIQUE,
            newest INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE chunk (
            bucket INTEGER NOT NULL,
            series INTEGER NOT NULL,
            start INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (bucket, series, start)
        ) STRICT, WITHOUT ROWID;
        """

    /// The length of a bucket, and the longest span of a chunk.
    static let bucketLength = Duration.seconds(2 * 3600)

    static func bucket(of time: Timestamp) -> Int {
        let length = bucketLength.wholeMilliseconds
        return Int(time.milliseconds.flooredDivision(by: length).quotient)
    }

    /// Later calls throw.
    package func close() {
        database.close()
    }

    func write<Value: Sendable>(
        _ body: (Database) throws -> Value
    ) throws(HistoryError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw HistoryError(error, path)
        }
    }

    func read<Value: Sendable>(
        _ body: (Database) throws -> Value
    ) throws(HistoryError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw HistoryError(error, path)
        }
    }
}

// MARK: - Generations

extension HistoryFile {
    /// The number under which chunks are written.
    package func generation() throws(HistoryError) -> Int {
        try read { db in try db.fetchValue(sql: "SELECT generation FROM meta") ?? 1 }
    }

    /// From where the chunks of this generation were seen.
    package func vantage() throws(HistoryError) -> String {
        try read { db in try db.fetchValue(sql: "SELECT vantage FROM meta") ?? "" }
    }

    /// Begins a generation: what was written so far is of another clock or cloud, and no window of
    /// rules may contain both.
    @discardableResult
    package func beginGeneration(vantage: String) throws(HistoryError) -> Int {
        try write { db in
            try db.execute(
                sql: "UPDATE meta SET generation = generation + 1, vantage = ?",
                arguments: [vantage]
            )
            return try db.fetchValue(sql: "SELECT generation FROM meta") ?? 1
        }
    }
}

// MARK: - A file that cannot be used

extension HistoryFile {
    /// The most files that are moved aside. Whoever comes later replaces the last one.
    private static let maximumMoved = 3

    /// Moves the file aside, so that a new one can be created.
    ///
    /// - Returns: where it is now.
    package static func moveAside(inFolder folder: String) throws(HistoryError) -> String {
        let path = folder + "/" + fileName
        let names = (1...maximumMoved).map { "\(path).corrupt-\($0)" }
        let free = names.first { unsafe access($0, F_OK) != 0 }
        let target = free ?? names[maximumMoved - 1]
        guard unsafe rename(path, target) == 0 else {
            throw HistoryError(.unusable(unsafe String(cString: strerror(errno))), path)
        }
        // Its log would otherwise be applied to the new file.
        for suffix in ["-wal", "-shm"] {
            _ = unsafe unlink(target + suffix)
            _ = unsafe rename(path + suffix, target + suffix)
        }
        return target
    }
}
