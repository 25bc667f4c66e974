// Ledger keeps what must survive the agent: intents and what became of them, the state of every
// graph and alert, pauses, the clocks, and the audit trail. It is one SQLite database, in a file
// or, for simulations, in memory.
//
// It decides nothing and reads no clock. Its promises stand in the schema (see `Schema`), so that
// no mistake of the program can break them silently.

import SQLite
import Synchronization

/// The database of the agent.
///
/// It promises that
///
/// - what `record` has written is on disk when it returns, all of it or nothing;
/// - an intent has at most one outcome and one ending;
/// - a graph has at most one intent that has not ended;
/// - no second agent uses the same folder.
///
/// Every call blocks, so it belongs on a thread of its own.
package final class Ledger: Sendable {
    package static let fileName = "ledger.db"

    /// Where the database is, for messages.
    package let path: String
    let database: DatabaseQueue
    /// nil for a ledger in memory.
    let file: OpenFile?
    /// The alert states on disk, so that only those that changed are written; nil until they were
    /// read or written once.
    private let knownAlertStates = Mutex<[String: [UInt8]]?>(nil)
    /// Whether a committed write needs a mark that could not be raised since.
    private let lateMark = Mutex(false)

    /// What belongs to a database in a file and to no other.
    struct OpenFile: Sendable {
        /// Held for as long as the ledger lives.
        let lock: LedgerLock
        /// The file that was opened, whatever stands at its path later.
        let identity: FileIdentity?
    }

    /// Opens the ledger in `folder`. Creates what is missing, with access for the owner alone.
    package init(folder: String, options: LedgerOptions = LedgerOptions()) throws(LedgerError) {
        path = folder + "/" + Self.fileName
        try LedgerFile.prepare(folder: folder, path: path)
        let lock = try LedgerLock(path: folder + "/ledger.lock", ledger: path)
        database = try LedgerFile.connect(path, options)
        file = OpenFile(lock: lock, identity: FileIdentity(path))
    }

    /// What is doubtful about where the ledger is, though it can be used.
    package var caution: String? {
        guard file != nil else { return nil }
        return LedgerFile.caution(aboutFolder: LedgerFile.folder(of: path))
    }

    /// An empty ledger that lives as long as the object. It keeps every promise but those about
    /// the disk: a simulation that starts its agent again hands the same object to the next one.
    package static func inMemory(
        options: LedgerOptions = LedgerOptions()
    ) throws(LedgerError) -> Ledger {
        try Ledger(inMemory: options)
    }

    private convenience init(inMemory options: LedgerOptions) throws(LedgerError) {
        self.init(inMemory: try LedgerFile.connectInMemory(options))
    }

    private init(inMemory database: DatabaseQueue) {
        path = ":memory:"
        self.database = database
        file = nil
    }

    /// A ledger in memory with the same content, for simulations of a restored backup.
    package func copyInMemory() throws(LedgerError) -> Ledger {
        do {
            return try Ledger(inMemory: database.copyInMemory())
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    var writtenAlertStates: [String: [UInt8]]? {
        get { knownAlertStates.withLock { $0 } }
        set { knownAlertStates.withLock { $0 = newValue } }
    }

    var isMarkBehind: Bool {
        get { lateMark.withLock { $0 } }
        set { lateMark.withLock { $0 = newValue } }
    }

    /// Runs `body` in one transaction.
    func write<Value: Sendable>(
        _ body: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    func read<Value: Sendable>(
        _ body: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw LedgerError(error, at: path)
        }
    }
}

package struct LedgerOptions: Hashable, Sendable {
    /// How long to wait for another program that has locked the file, such as a shell. The cycle
    /// waits along.
    package var busyTimeout: Duration = .seconds(2)
    /// The database never grows beyond this. It is full then, as if the disk were.
    package var maximumBytes: Int = 1 << 30

    package init() {}
}
