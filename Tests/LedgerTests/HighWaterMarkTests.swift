import Foundation
import Remediation
import SQLite
import Testing
import Time

@testable import Ledger

@Suite("The high-water mark")
struct HighWaterMarkTests {
    private let folder = TemporaryFolder()
    private var mark: String { folder.path + "/" + HighWaterMark.fileName }

    private func attempt(_ number: Int) -> Machine.Changes {
        let intent = Fixture.intent(number, after: Int64(number))
        return Machine.Changes(
            intents: [intent],
            endings: [Fixture.ending(intent)],
            audit: [Fixture.line(Int64(number))]
        )
    }

    private func restore(_ backup: TemporaryFolder) throws {
        let files = FileManager.default
        for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: folder.file + suffix) }
        for suffix in ["", "-wal"] where files.fileExists(atPath: backup.file + suffix) {
            try files.copyItem(atPath: backup.file + suffix, toPath: folder.file + suffix)
        }
    }

    @Test("says nothing against a ledger that goes on, with lines or restarts or none of them")
    func goingOn() throws {
        for number in 1...3 {
            let ledger = try Ledger(folder: folder.path)
            #expect(try ledger.shortfall() == nil)
            try ledger.record(Machine.Changes(audit: [Fixture.line(7)]))
            if number > 1 { try ledger.record(attempt(number)) }
            #expect(try ledger.shortfall() == nil)
            #expect(FileManager.default.fileExists(atPath: mark) == (number > 1))
        }
        #expect(try folder.mode(of: "/" + HighWaterMark.fileName) == 0o600)
        let ledger = try Ledger(folder: folder.path)
        try ledger.prune(before: .distantFuture)
        #expect(try ledger.shortfall() == nil)
    }

    @Test("is there before the write of an intent returns, so that a crash never loses it")
    func killed() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let ledger = try Ledger(folder: path)
            let intent = Fixture.intent(1)
            try ledger.record(Machine.Changes(intents: [intent], audit: [Fixture.line(1)]))
            kill(getpid(), SIGKILL)
        }
        #expect(try HighWaterMark.read(inFolder: folder.path)?.sequence == 1)
        #expect(try Ledger(folder: folder.path).shortfall() == nil)
    }

    @Test("shows a copy from before the last restart, until a person accepts it")
    func restored() throws {
        let backup = try {
            let ledger = try Ledger(folder: folder.path)
            try ledger.record(attempt(1))
            let backup = try folder.copyAsAfterACrash()
            try ledger.record(attempt(2))
            return backup
        }()
        try restore(backup)
        do {
            let ledger = try Ledger(folder: folder.path)
            let text = try #require(try ledger.shortfall())
            #expect(text.contains("ends at line 1"))
            #expect(try LedgerReader(folder: folder.path).verifyAudit()?.fault?.sequence == 2)
            // Going on does not make it the newest.
            try ledger.record(Machine.Changes(audit: (1...9).map { Fixture.line($0) }))
            let fork = try #require(try ledger.shortfall())
            #expect(fork.contains("line 2 of its audit trail is not the one"))
        }
        let ledger = try Ledger(folder: folder.path)
        #expect(try ledger.shortfall() != nil)
        try ledger.acceptAsNewest()
        #expect(try ledger.shortfall() == nil)
        #expect(try LedgerReader(folder: folder.path).verifyAudit()?.isIntact == true)
    }

    @Test("shows that the ledger is another one, or a new one")
    func another() throws {
        try { try Ledger(folder: folder.path).record(attempt(1)) }()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file + suffix)
        }
        let ledger = try Ledger(folder: folder.path)
        #expect(try #require(try ledger.shortfall()).contains("not the ledger with which"))
    }

    @Test("shows an audit trail whose hashes were all computed again")
    func rewritten() throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(attempt(1))
        try ledger.record(Machine.Changes(audit: [Fixture.line(2)]))
        let shell = try DatabaseQueue(path: folder.file)
        try shell.write { db in
            try db.execute(sql: "DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps_its_end")
            try db.execute(sql: "UPDATE audit SET detail = 'nothing' WHERE seq = 1")
            var head = AuditChain.origin
            for row in try db.fetchAll(sql: "SELECT \(AuditChain.columns) FROM audit") {
                let line = try AuditChain.Line(row: row)
                head = AuditChain.Link(sequence: line.sequence, hash: line.hash(after: head.hash))
                try db.execute(
                    sql: "UPDATE audit SET hash = ? WHERE seq = ?",
                    arguments: [head.hash, head.sequence]
                )
            }
            try db.setChainLink(.head, head)
        }
        let report = try #require(try LedgerReader(folder: folder.path).verifyAudit())
        #expect(report.fault?.sequence == 1)
        #expect(report.lines == 2)
    }

    @Test("that cannot be read is reported and not ignored", arguments: ["", "{}", "\u{0}x"])
    func damaged(content: String) throws {
        let ledger = try Ledger(folder: folder.path)
        try Data(content.utf8).write(to: URL(filePath: mark))
        #expect(try #require(try ledger.shortfall()).contains("cannot be read"))
        try ledger.record(attempt(1))
        #expect(try ledger.shortfall() == nil)
    }

    @Test("that is damaged is a fault of the audit trail, and unreadable an error")
    func verification() throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(attempt(1))
        let reader = try LedgerReader(folder: folder.path)
        let content = try Data(contentsOf: URL(filePath: mark))
        for damaged in [Data(), Data("{}".utf8), content.dropLast(5), Data([0xFF]) + content] {
            try damaged.write(to: URL(filePath: mark))
            let report = try #require(try reader.verifyAudit())
            #expect(try #require(report.fault).problem.contains("ledger.mark is damaged"))
        }
        try content.write(to: URL(filePath: mark))
        #expect(try reader.verifyAudit()?.isIntact == true)
        try FileManager.default.removeItem(atPath: mark)
        #expect(try reader.verifyAudit()?.isIntact == true)
        for target in ["/", folder.path + "/absent"] {
            try FileManager.default.createSymbolicLink(atPath: mark, withDestinationPath: target)
            let error = #expect(throws: LedgerError.self) { try reader.verifyAudit() }
            #expect(error?.path == mark)
            try FileManager.default.removeItem(atPath: mark)
        }
        try FileManager.default.createDirectory(
            atPath: mark,
            withIntermediateDirectories: false
        )
        #expect(throws: LedgerError.self) { try reader.verifyAudit() }
    }
}
