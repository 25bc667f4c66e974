import GRDB
import Synchronization

/// What must survive the agent: intents, what became of them, the state of every graph and alert,
/// pauses, and the audit trail, in one SQLite file.
///
/// It promises that `record` has reached the disk when it returns, that an intent has at most one
/// outcome and one ending, that a graph has at most one intent which has not ended, and that no second
/// agent uses the same folder. The promises stand in the schema, so that no mistake of the program
/// can break them quietly. It decides nothing and never reads the clock.
///
/// Every call blocks: it belongs on a thread of its own.
package final class Ledger: Sendable {
    package static let fileName = "ledger.db"

    /// Where the database is.
    package let path: String
    let database: DatabaseQueue
    private let lock: LedgerLock
    /// The file that was opened, whatever stands at its path later.
    let identity: FileIdentity?
    /// The alert states on the disk, so that only those that changed are written; nil while they are
    /// not known.
    private let knownAlertStates = Mutex<[String: [UInt8]]?>(nil)

    /// Opens the ledger in `folder`, or creates both with access for their owner alone.
    package init(folder: String, options: LedgerOptions = LedgerOptions()) throws(LedgerError) {
        path = folder + "/" + Self.fileName
        try LedgerFile.prepare(folder: folder, path: path)
        lock = try LedgerLock(path: folder + "/ledger.lock", ledger: path)
        database = try LedgerFile.connect(path, options)
        identity = FileIdentity(path)
    }

    var writtenAlertStates: [String: [UInt8]]? {
        get { knownAlertStates.withLock { $0 } }
        set { knownAlertStates.withLock { $0 = newValue } }
    }

    func write<Value>(
        _ body: (Database) throws -> Value
    ) throws(LedgerError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    func read<Value>(
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
    /// How long to wait for another program that has the file locked (a shell). The cycle waits
    /// along.
    package var busyTimeout: Duration = .seconds(2)
    /// The database never grows beyond this; it is full then, as if the disk were.
    package var maximumBytes: Int = 1 << 30

    package init() {}
}
