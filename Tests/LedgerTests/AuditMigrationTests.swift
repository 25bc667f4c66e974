import Foundation
import Remediation
import SQLite
import Testing
import Time

@testable import Ledger

@Suite("A ledger from before the hash chain")
struct AuditMigrationTests {
    private let folder = TemporaryFolder()

    /// Brings a ledger back to how an older version left it, then runs `statement`.
    private func makeOld(_ count: Int64, _ statement: String = "SELECT 1") throws {
        do {
            let ledger = try Ledger(folder: folder.path)
            if count > 0 {
                try ledger.record(Machine.Changes(audit: (1...count).map { Fixture.line($0) }))
            }
        }
        let shell = try DatabaseQueue(path: folder.file)
        defer { shell.close() }
        try shell.write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER audit_keeps_its_end;
                    DROP TABLE audit_chain;
                    DROP TABLE ledger_identity;
                    ALTER TABLE audit DROP COLUMN hash;
                    DELETE FROM grdb_migrations WHERE identifier LIKE '10 %';
                    """
            )
            try db.execute(sql: statement)
        }
    }

    private func verification() throws -> ChainReport {
        try #require(try LedgerReader(folder: folder.path).verifyAudit())
    }

    @Test("is chained at the next start", arguments: [0, 1, 999, 1000, 2001])
    func chained(count: Int64) throws {
        try makeOld(count)
        let error = #expect(throws: LedgerError.self) { try verification() }
        #expect("\(try #require(error))".contains("start this version of the agent once"))
        let ledger = try Ledger(folder: folder.path)
        #expect(try verification().lines == count)
        #expect(try verification().isIntact)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        #expect(try verification().lastSequence == count + 1)
        #expect(try verification().isIntact)
    }

    @Test(
        "may have lost lines to pruning anywhere",
        arguments: [
            "DELETE FROM audit WHERE seq < 5", "DELETE FROM audit WHERE seq IN (3, 4, 7)",
            "DELETE FROM audit WHERE seq > 5", "DELETE FROM audit",
        ]
    )
    func gaps(statement: String) throws {
        try makeOld(9, statement)
        let ledger = try Ledger(folder: folder.path)
        #expect(try verification().isIntact)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        let report = try verification()
        #expect(report.isIntact, "\(report)")
        #expect(report.lastSequence == 10)
    }

    @Test("is chained however full it is, and then has room again once lines are removed")
    func full() throws {
        try makeOld(2_000)
        let pages = try {
            let shell = try DatabaseQueue(path: folder.file)
            defer { shell.close() }
            return try shell.read { try $0.fetchValue(Int.self, sql: "PRAGMA page_count") } ?? 0
        }()
        for spare in [0, 1, 8] {
            let copy = try folder.copyAsAfterACrash()
            var options = LedgerOptions()
            options.maximumBytes = (pages + spare) * 4096
            let ledger = try Ledger(folder: copy.path, options: options)
            #expect(try LedgerReader(folder: copy.path).verifyAudit()?.lines == 2_000)
            let lines = Machine.Changes(audit: (1...500).map { Fixture.line($0) })
            let error = #expect(throws: LedgerError.self) { try ledger.record(lines) }
            #expect(error?.cause == .full)
            try ledger.prune(before: .distantFuture)
            try ledger.record(lines)
        }
    }
}
