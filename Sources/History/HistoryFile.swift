// History keeps the samples of the agent's series in a file, as the compressed chunks in which the
// store seals them, so that the windows of rules survive a restart of the agent. It is one SQLite
// database beside the ledger.
//
// Nothing in it is needed for a decision: whatever fails here, the agent goes on with the samples
// in its memory. So a file that cannot be read is moved aside, and a full disk stops only the
// history. And nothing in it is believed: every number and every text is checked when it is read.

import Glibc
import SQLite
package import Time

/// The file. Every call blocks, so it belongs on a thread of its own.
package final class HistoryFile: Sendable {
    package static let fileName = "history.db"
    /// "GWHS". Says whose database it is, to file(1) and to us.
    static let applicationID = 0x4757_4853
    static let version = 2
    static let pageBytes = 4096

    package let path: String
    let database: DatabaseQueue
    private let identity: Identity?

    /// Opens the file in `folder`, which must exist. Creates it if it is missing.
    package init(folder: String) throws(HistoryError) {
        path = folder + "/" + Self.fileName
        if unsafe access(path, F_OK) != 0 { try Self.create(path) }
        identity = Identity(path)
        do {
            database = try DatabaseQueue(path: path, busyTimeoutMilliseconds: 2_000)
            try database.writeWithoutTransaction { db in try Self.setUp(db) }
        } catch {
            throw HistoryError(error, path)
        }
    }

    /// Only a file that is missing is opened here: closing one drops all locks that this process has
    /// on it, also those of a query that reads it.
    private static func create(_ path: String) throws(HistoryError) {
        // SQLite creates its other files with the mode of the database.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw HistoryError(.unusable(unsafe String(cString: strerror(errno))), path)
        }
        Glibc.close(descriptor)
    }

    /// `synchronous = NORMAL`: a power cut may lose the newest chunks but damages nothing.
    private static func setUp(_ db: Database) throws {
        // A newer file is not even set to another mode.
        let isEmpty = try identify(db)
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
        guard isEmpty else { return try check(db) }
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

    /// Opens a file that is never written. An agent may be writing it.
    ///
    /// - Returns: nil if nothing was created in it yet.
    static func openReadOnly(
        _ path: String,
        busyTimeoutMilliseconds: Int
    ) throws -> DatabaseQueue? {
        let database = try DatabaseQueue(
            path: path,
            busyTimeoutMilliseconds: busyTimeoutMilliseconds,
            isReadOnly: true
        )
        do {
            let isEmpty = try database.read { db in
                if try identify(db) { return true }
                try check(db)
                return false
            }
            guard isEmpty else { return database }
        } catch {
            database.close()
            throw error
        }
        database.close()
        return nil
    }

    /// Throws if the database is of another program or of another version.
    ///
    /// - Returns: whether it is one in which nothing was created yet.
    static func identify(_ db: Database) throws -> Bool {
        // Nothing in the file gets more rights than a statement of ours.
        try db.execute(sql: "PRAGMA trusted_schema = OFF")
        let owner = try db.fetchValue(Int.self, sql: "PRAGMA application_id") ?? 0
        let tables = try db.fetchValue(Int.self, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if owner == 0 && tables == 0 { return true }
        guard owner == applicationID else { throw HistoryError(.foreign, "") }
        let version = try db.fetchValue(Int.self, sql: "PRAGMA user_version") ?? 0
        guard version <= Self.version else { throw HistoryError(.newer(version: version), "") }
        guard version == Self.version else { throw HistoryError(.older(version: version), "") }
        return false
    }

    /// - `series`: one of a generation. A chunk of an earlier generation is of another clock or cloud.
    ///   `labels`: see `Labels.init(bytes:)`. `newest` is the bucket of its newest chunk. Ids are
    ///   never used again: a chunk that is left must not become one of another series.
    /// - `chunk`: the newest samples. The key keeps those of one time together, so that neither
    ///   writing the newest nor deleting the oldest touches many pages, and those of one series
    ///   within it. No chunk begins in one bucket and ends in another.
    /// - `run`: when the processes that wrote the file started. Before that nobody looked.
    /// - `block`: all chunks of a series in one bucket, once nothing is added to it any more. For the
    ///   id see `HistoryPlace`.
    private static let schema = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            generation INTEGER NOT NULL,
            vantage TEXT NOT NULL
        ) STRICT;
        INSERT INTO meta VALUES (1, 1, '');
        CREATE TABLE series (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            generation INTEGER NOT NULL,
            labels BLOB NOT NULL,
            newest INTEGER NOT NULL,
            UNIQUE (generation, labels)
        ) STRICT;
        CREATE TABLE chunk (
            bucket INTEGER NOT NULL,
            series INTEGER NOT NULL,
            start INTEGER NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (bucket, series, start)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE block (
            id INTEGER PRIMARY KEY,
            content BLOB NOT NULL
        ) STRICT;
        CREATE TABLE run (
            start INTEGER PRIMARY KEY
        ) STRICT;
        """

    /// The statements of `schema` that create tables, by the name of the table.
    private static let tables = Dictionary(
        uniqueKeysWithValues: schema.split(separator: ";").map(words)
            .filter { $0.starts(with: ["CREATE", "TABLE"]) }
            .map { ("\($0[2])", $0) }
    )

    private static func words(_ sql: some StringProtocol) -> [String] {
        String(sql).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Nobody adds so many tables.
    private static let maximumObjects = 100

    /// Throws if the file is not built as it was created. A statement would fail, or do what a
    /// trigger or a view says: for as long as it likes.
    static func check(_ db: Database) throws {
        let objects = try db.fetchAll(
            sql: """
                SELECT type, name, CASE WHEN length(sql) < 10000 THEN sql END AS sql
                FROM sqlite_schema WHERE sql IS NOT NULL LIMIT \(maximumObjects)
                """
        )
        var missing = tables
        for object in objects {
            let type: String = try object.get("type")
            guard type == "table", objects.count < maximumObjects else {
                throw HistoryError(.corrupt("it has a trigger, a view or an index"), "")
            }
            let (name, sql): (String, String) = (try object.get("name"), try object.get("sql"))
            if missing[name] == words(sql) { missing[name] = nil }
        }
        if let table = missing.keys.min() {
            throw HistoryError(.corrupt("the table \(table) is missing or different"), "")
        }
        let generation = try db.fetchValue(Int.self, sql: "SELECT generation FROM meta") ?? 0
        guard 1...HistoryPlace.greatestNumber ~= generation else {
            throw HistoryError(.corrupt("it has the impossible generation \(generation)"), "")
        }
        let newest =
            try db.fetchValue(
                Int.self,
                sql: "SELECT max(seq) FROM sqlite_sequence WHERE name = 'series'"
            ) ?? 0
        guard 0..<HistoryPlace.greatestNumber ~= newest else {
            throw HistoryError(.corrupt("it has the impossible series \(newest)"), "")
        }
    }

    /// Later calls throw.
    package func close() {
        database.close()
    }

    /// Whether there is no file, or another one, at its path.
    var isReplaced: Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return errno == ENOENT }
        return Identity(status) != identity
    }

    private struct Identity: Hashable {
        private let device: dev_t
        private let inode: ino_t

        init(_ status: stat) {
            (device, inode) = (status.st_dev, status.st_ino)
        }

        init?(_ path: String) {
            var status = stat()
            guard unsafe stat(path, &status) == 0 else { return nil }
            self.init(status)
        }
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

    func executeAlone(_ sql: String) throws(HistoryError) {
        do {
            try database.writeWithoutTransaction { db in try db.execute(sql: sql) }
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
    /// rules may contain both. It is on disk when this returns, and a power cut does not undo it.
    @discardableResult
    package func beginGeneration(vantage: String) throws(HistoryError) -> Int {
        try executeAlone("PRAGMA synchronous = FULL")
        defer { try? executeAlone("PRAGMA synchronous = NORMAL") }
        return try write { db in
            try db.execute(
                sql: "UPDATE meta SET generation = generation + 1, vantage = ?",
                arguments: [vantage]
            )
            return try db.fetchValue(sql: "SELECT generation FROM meta") ?? 1
        }
    }
}

// MARK: - Runs

extension HistoryFile {
    private static let maximumRuns = 1_000

    /// Notes the start of a process: what was read before it does not count as current after it.
    package func noteStart(at time: Timestamp) throws(HistoryError) {
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO run VALUES (?)",
                arguments: [time.milliseconds]
            )
            try db.execute(
                sql: """
                    DELETE FROM run WHERE start NOT IN
                    (SELECT start FROM run ORDER BY start DESC LIMIT ?)
                    """,
                arguments: [Self.maximumRuns]
            )
        }
    }
}
