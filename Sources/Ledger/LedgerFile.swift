import SQLite
import Glibc
import Remediation
import Time

/// How the database is opened and set up.
enum LedgerFile {
    /// "GWLG". Says whose database it is, to file(1) and to us.
    static let applicationID = 0x4757_4C47
    static let pageBytes = 4096

    /// Creates the folder and an empty file, for their owner alone. SQLite creates its other files
    /// with the mode of the database, so that has to exist first.
    static func prepare(folder: String, path: String) throws(LedgerError) {
        try makeFolder(folder, ledger: path)
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerError(opening: path, failedWith: errno) }
        close(descriptor)
    }

    /// A warning if users other than the owner can enter the folder of a ledger, which holds the
    /// names of graphs, alerts and persons; nil if only the owner can.
    static func caution(aboutFolder folder: String) -> String? {
        var status = stat()
        guard unsafe stat(folder, &status) == 0, status.st_mode & 0o077 != 0 else { return nil }
        let digits = String(status.st_mode & 0o7777, radix: 8)
        return "the folder \(folder) of the ledger is open to other users (mode \(digits));"
            + " run chmod 700 \(folder)"
    }

    /// Like `mkdir -p`, with mode 0700 for every folder that was missing.
    private static func makeFolder(_ folder: String, ledger: String) throws(LedgerError) {
        if unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash > folder.startIndex
        else { throw LedgerError(opening: ledger, failedWith: errno) }
        try makeFolder(String(folder[..<slash]), ledger: ledger)
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw LedgerError(opening: ledger, failedWith: errno)
        }
    }

    /// Opens the file, checks all of it and brings the schema up to date. A damaged ledger is
    /// refused at the start, when a person is likely to look, and not at the first restart.
    static func connect(
        _ path: String,
        _ options: LedgerOptions
    ) throws(LedgerError) -> DatabaseQueue {
        do {
            return try setUp(
                DatabaseQueue(
                    path: path,
                    busyTimeoutMilliseconds: Int(options.busyTimeout.wholeMilliseconds)
                ),
                options
            )
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// The same schema and settings as in a file. SQLite ignores those about the log.
    static func connectInMemory(_ options: LedgerOptions) throws(LedgerError) -> DatabaseQueue {
        do {
            return try setUp(DatabaseQueue.inMemory(), options)
        } catch {
            throw LedgerError(error, at: ":memory:")
        }
    }

    private static func setUp(
        _ database: DatabaseQueue,
        _ options: LedgerOptions
    ) throws -> DatabaseQueue {
        try database.writeWithoutTransaction { db in
            try setUp(db, options)
            try check(db)
        }
        try Schema.migrate(database)
        // A migration may need more room than the limit leaves: a ledger that is nearly full must
        // start, so that old history can be pruned.
        try database.writeWithoutTransaction { db in
            let pages = max(options.maximumBytes / pageBytes, 1)
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        return database
    }

    /// `synchronous = FULL`: what `record` has written survives a power cut. WAL mode alone does
    /// not promise that.
    private static func setUp(_ db: Database, _ options: LedgerOptions) throws {
        try refuseForeign(db)
        try db.execute(
            sql: """
                PRAGMA page_size = \(pageBytes);
                PRAGMA auto_vacuum = INCREMENTAL;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 1000;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA application_id = \(applicationID);
                """
        )
    }

    /// A database without our mark is ours only if it is empty.
    private static func refuseForeign(_ db: Database) throws {
        let found = try db.fetchValue(Int.self, sql: "PRAGMA application_id") ?? 0
        if found == applicationID { return }
        let tables = try db.fetchValue(Int.self, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard found == 0, tables == 0 else { throw LedgerError(cause: .foreign, path: "") }
    }

    /// Only a database with our mark is a ledger.
    static func refuseOther(_ db: Database) throws {
        guard try db.fetchValue(Int.self, sql: "PRAGMA application_id") == applicationID else {
            throw LedgerError(cause: .foreign, path: "")
        }
    }

    static func folder(of path: String) -> String {
        guard let end = path.lastIndex(of: "/") else { return "." }
        return end == path.startIndex ? "/" : String(path[..<end])
    }

    /// Reads every page. Five findings are enough to see that it is damaged.
    static func check(_ db: Database) throws {
        let rows = try db.fetchAll(sql: "PRAGMA quick_check(5)")
        let findings = rows.compactMap { $0.values.first.flatMap(String.init(databaseValue:)) }
        guard findings == ["ok"] else {
            throw LedgerError(cause: .corrupt(findings.joined(separator: "; ")), path: "")
        }
    }
}
