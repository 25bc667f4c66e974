import Glibc
package import Remediation
import SQLite

/// Reads the ledger of a folder while an agent may be writing it, on a connection of its own that
/// changes nothing and keeps no writer waiting.
package final class LedgerReader: Sendable {
    private let database: DatabaseQueue
    package let path: String

    /// An agent holds its locks for much less.
    private static let busyTimeoutMilliseconds = 2_000

    package init(folder: String) throws(LedgerError) {
        path = folder + "/" + Ledger.fileName
        guard unsafe access(path, F_OK) == 0 else {
            throw LedgerError(opening: path, failedWith: errno)
        }
        do {
            database = try DatabaseQueue(
                path: path,
                busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds,
                mayCreate: false
            )
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA query_only = ON")
                try LedgerFile.refuseOther(db)
            }
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Recomputes the hashes of the whole audit trail. `mayContinue` is asked once in a thousand
    /// lines. A damaged high-water mark is a fault, and one that cannot be read an error.
    ///
    /// - Returns: nil if `mayContinue` said no.
    package func verifyAudit(
        mayContinue: () -> Bool = { true }
    ) throws(LedgerError) -> ChainReport? {
        // First: the agent writes the ledger before the mark.
        let mark = try FoundMark(inFolder: LedgerFile.folder(of: path))
        return try read { db in
            try Self.refuseUnchained(db)
            guard var report = try db.verifyAuditChain(mayContinue: mayContinue) else { return nil }
            if report.isIntact { report.fault = try mark.fault(of: db, report) }
            guard report.isIntact else { return report }
            return try db.verifyIncidents(&report, mayContinue: mayContinue) ? report : nil
        }
    }

    /// The high-water mark beside a ledger, as far as it can be read.
    private enum FoundMark {
        case none
        case mark(HighWaterMark)
        case damaged(String)

        init(inFolder folder: String) throws(LedgerError) {
            do throws(LedgerError) {
                self = try HighWaterMark.read(inFolder: folder).map(Self.mark) ?? .none
            } catch {
                guard case .corrupt(let text) = error.cause else { throw error }
                self = .damaged("\(error.path) is damaged: \(text)")
            }
        }

        /// What the mark says against an audit trail whose hashes are right.
        func fault(of db: Database, _ report: ChainReport) throws -> ChainReport.Fault? {
            switch self {
            case .none: nil
            case .mark(let mark):
                try db.shortfall(against: mark).map {
                    ChainReport.Fault(sequence: mark.sequence, problem: $0)
                }
            case .damaged(let problem):
                ChainReport.Fault(sequence: report.lastSequence, problem: problem)
            }
        }
    }

    /// The next lines of a page, newest first.
    package func audit(_ query: AuditQuery) throws(LedgerError) -> AuditPage {
        try read { db in try db.auditPage(query) }
    }

    private static func refuseUnchained(_ db: Database) throws {
        let table = try db.fetchOne(
            sql: "SELECT name FROM sqlite_schema WHERE name = 'audit_chain'"
        )
        guard table != nil else { throw LedgerError(cause: .unchained, path: "") }
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
