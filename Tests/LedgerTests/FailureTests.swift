import Foundation
import Ledger
import Remediation
import SQLite
import Testing
import Time

/// Faults of the file, and the error that the ledger reports.
@Suite struct FailureTests {
    private let folder = TemporaryFolder()

    private func open(
        _ options: LedgerOptions = LedgerOptions(),
        in other: TemporaryFolder? = nil
    ) throws(LedgerError) -> Ledger {
        try Ledger(folder: (other ?? folder).path, options: options)
    }

    @Test("its files are accessible only to their owner")
    func modes() throws {
        let ledger = try open()
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        #expect(try folder.mode(of: "") == 0o700)
        for file in ["/ledger.db", "/ledger.db-wal", "/ledger.db-shm", "/ledger.lock"] {
            #expect(try folder.mode(of: file) == 0o600)
        }
    }

    @Test("missing folders are created")
    func missingFolders() throws {
        let path = folder.path + "/a/b/c/"
        let ledger = try Ledger(folder: path)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        #expect(try folder.mode(of: "/a/b/c") == 0o700)
    }

    @Test("a second agent is told which process has the ledger")
    func secondAgent() throws {
        let first = try open()
        let error = #expect(throws: LedgerError.self) { try open() }
        let process = ProcessInfo.processInfo.processIdentifier
        #expect(error?.cause == .locked(processID: process))
        #expect(
            "\(try #require(error))"
                == "the ledger \(folder.file) is in use by process \(process); "
                + "stop that agent, or give this one a folder of its own"
        )
        try first.record(Machine.Changes(audit: [Fixture.line(1)]))
    }

    @Test("a closed ledger can be opened again")
    func openedAgain() throws {
        for number in 1...3 {
            let ledger = try open()
            try ledger.record(Machine.Changes(audit: [Fixture.line(Int64(number))]))
            #expect(try ledger.audit().count == number)
        }
    }

    @Test("committed changes survive a crash")
    func committed() throws {
        let ledger = try open()
        let intent = Fixture.intent(1)
        try ledger.record(Machine.Changes(intents: [intent]))
        try ledger.record(Machine.Changes(outcomes: [Fixture.outcome(intent)]))
        let crashed = try folder.copyAsAfterACrash()
        let found = try open(in: crashed).history()
        #expect(found.map(\.intent) == [intent])
        #expect(found.map(\.outcome) == [Fixture.outcome(intent)])
    }

    @Test("an incomplete transaction is rolled back")
    func cutOff() throws {
        let ledger = try open()
        let intent = Fixture.intent(1)
        try ledger.record(Machine.Changes(intents: [intent]))
        try ledger.record(
            Machine.Changes(
                records: [Fixture.record(Fixture.g, .idle)],
                endings: [Fixture.ending(intent)]
            )
        )
        let crashed = try folder.copyAsAfterACrash()
        let log = try #require(FileHandle(forUpdatingAtPath: crashed.file + "-wal"))
        try log.truncate(atOffset: log.seekToEnd() - 100)
        try log.close()
        let survivor = try open(in: crashed)
        #expect(try survivor.history().map(\.intent) == [intent])
        #expect(try survivor.history().map(\.ending) == [nil])
        #expect(try survivor.load().records.isEmpty)
    }

    @Test("a process that is killed while writing leaves an intact ledger")
    func killed() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let ledger = try Ledger(folder: path)
            for number in 1... {
                let lines = (0..<20).map { Fixture.line(Int64(number * 20 + $0)) }
                try ledger.record(Machine.Changes(audit: lines))
                if number == 50 { kill(getpid(), SIGKILL) }
            }
        }
        let ledger = try open()
        #expect(try ledger.audit(limit: 1).first?.entry.detail == "line 1019")
        #expect(try ledger.audit(limit: 1000).count == 1000)
    }

    @Test("a full ledger refuses writes, and recovers when there is space")
    func full() throws {
        var options = LedgerOptions()
        options.maximumBytes = 200 * 4096
        let ledger = try open(options)
        let lines = (1...500).map { Fixture.line($0) }
        var error: LedgerError?
        var written = 0
        for _ in 1...100 {
            do {
                try ledger.record(Machine.Changes(audit: lines))
                written += 1
            } catch let caught {
                error = caught
                break
            }
        }
        #expect(written > 0)
        #expect(error?.cause == .full)
        #expect("\(try #require(error))".contains("is full; free space"))
        #expect(try ledger.audit(limit: 1000).count == min(1000, written * 500))
        try ledger.prune(before: .distantFuture)
        try ledger.record(Machine.Changes(audit: lines))
    }

    @Test("a damaged file is refused")
    func damaged() throws {
        do {
            let ledger = try open()
            try ledger.record(Machine.Changes(audit: (1...500).map { Fixture.line($0) }))
        }
        let file = try #require(FileHandle(forUpdatingAtPath: folder.file))
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 40_000))
        try file.close()
        let error = #expect(throws: LedgerError.self) { try open() }
        #expect(error?.cause.label == "corrupt")
        #expect("\(try #require(error))".contains("put a backup in its place"))
    }

    @Test("a file that is not a database is refused")
    func noDatabase() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path,
            withIntermediateDirectories: true
        )
        try "Once upon a time there was a graph that did not answer.".repeated(100)
            .write(toFile: folder.file, atomically: true, encoding: .utf8)
        let error = #expect(throws: LedgerError.self) { try open() }
        #expect(error?.cause.label == "corrupt")
    }

    @Test("the database of another program is refused and not changed")
    func foreign() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path,
            withIntermediateDirectories: true
        )
        let other = try DatabaseQueue(path: folder.file)
        try other.write { try $0.execute(sql: "CREATE TABLE song (title TEXT)") }
        other.close()
        let before = FileManager.default.contents(atPath: folder.file)
        let error = #expect(throws: LedgerError.self) { try open() }
        #expect(error?.cause == .foreign)
        #expect(FileManager.default.contents(atPath: folder.file) == before)
    }

    @Test("the ledger of a newer version is refused")
    func newerLedger() throws {
        _ = try open()
        try change("INSERT INTO grdb_migrations (identifier) VALUES ('99 telepathy')")
        let error = #expect(throws: LedgerError.self) { try open() }
        #expect(error?.cause == .newerSchema("it contains \"99 telepathy\""))
        #expect("\(try #require(error))".contains("run that version again, or a newer one"))
    }

    @Test("the record of a newer version is refused")
    func newerRecord() throws {
        try open().record(Machine.Changes(records: [Fixture.record(Fixture.g, .idle)]))
        try change("UPDATE graph_state SET schema_version = 3")
        let ledger = try open()
        let error = #expect(throws: LedgerError.self) { try ledger.load() }
        #expect(error?.cause == .newerSchema("the state of g has schema 3"))
        #expect(error?.path == folder.file)
    }

    @Test("an unreadable record is refused")
    func unreadableRecord() throws {
        try open().record(Machine.Changes(records: [Fixture.record(Fixture.g, .idle)]))
        try change("UPDATE graph_state SET json = '{\"id\": 7}'")
        let ledger = try open()
        let error = #expect(throws: LedgerError.self) { try ledger.load() }
        #expect(error?.cause.label == "corrupt")
        #expect("\(try #require(error))".contains("the row \"g\" of graph_state cannot be read"))
    }

    @Test("a ledger locked by a shell is reported as locked")
    func lockedByShell() throws {
        var options = LedgerOptions()
        options.busyTimeout = .milliseconds(50)
        let ledger = try open(options)
        let shell = try DatabaseQueue(path: folder.file)
        try shell.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN IMMEDIATE")
            let error = #expect(throws: LedgerError.self) {
                try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
            }
            #expect(error?.cause == .locked(processID: nil))
            try db.execute(sql: "ROLLBACK")
        }
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
    }

    @Test("an unwritable folder is named in the error")
    func readOnlyFolder() throws {
        let error = #expect(throws: LedgerError.self) { try Ledger(folder: "/sys/graphwarden") }
        #expect(error?.cause.label == "read_only")
        #expect(error?.path == "/sys/graphwarden/ledger.db")
    }

    @Test("audit lines of a kind from a newer version are skipped")
    func unknownKind() throws {
        try open().record(Machine.Changes(audit: [Fixture.line(1), Fixture.line(2)]))
        try change(
            "INSERT INTO audit (at, kind, reason, detail) VALUES (0, 'telepathy', '', '')"
        )
        #expect(try open().audit().count == 2)
    }

    @Test("a folder that is a file is refused")
    func folderIsFile() throws {
        try "x".write(toFile: folder.path, atomically: true, encoding: .utf8)
        let error = #expect(throws: LedgerError.self) { try open() }
        #expect(error?.cause.label == "cannot_open")
    }

    @Test("the settings that durability depends on are in effect")
    func settings() throws {
        let ledger = try open()
        let shell = try DatabaseQueue(path: folder.file)
        let expected = [
            ("journal_mode", "wal"), ("auto_vacuum", "2"), ("application_id", "1196903495"),
        ]
        for (pragma, value) in expected {
            let found = try shell.writeWithoutTransaction { db in
                try db.fetchOne(sql: "PRAGMA \(pragma)")
            }
            let expected: DatabaseValue = Int64(value).map { .integer($0) } ?? .text(value)
            #expect(found?.values == [expected])
        }
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
    }

    private func change(_ statement: String) throws {
        let shell = try DatabaseQueue(path: folder.file)
        try shell.write { try $0.execute(sql: statement) }
        shell.close()
    }
}

extension String {
    fileprivate func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
