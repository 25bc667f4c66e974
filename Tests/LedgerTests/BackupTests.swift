import Foundation
import Remediation
import Testing

@testable import Ledger

@Suite("A backup")
struct BackupTests {
    private let folder = TemporaryFolder()
    private let copy = TemporaryFolder()

    init() throws {
        try FileManager.default.createDirectory(
            atPath: copy.path,
            withIntermediateDirectories: true
        )
    }

    @Test("is a complete ledger, in one file that only its owner can read")
    func complete() throws {
        let ledger = try Ledger(folder: folder.path)
        let records = [Fixture.record(Fixture.g, .idle)]
        try ledger.record(Machine.Changes(records: records, audit: [Fixture.line(1)]))
        let size = try LedgerBackup.write(ofFolder: folder.path, to: copy.file)
        #expect(try copy.mode(of: "/" + Ledger.fileName) == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.path)
        #expect(names == [Ledger.fileName])
        #expect(try Data(contentsOf: URL(filePath: copy.file)).count == size)
        // What is recorded afterwards is not in it.
        try ledger.record(Machine.Changes(audit: [Fixture.line(2)]))
        let restored = try Ledger(folder: copy.path)
        #expect(try restored.load() == MachineSnapshot(records: records))
        #expect(try restored.audit().map(\.entry) == [Fixture.line(1)])
        try restored.record(Machine.Changes(audit: [Fixture.line(3)]))
    }

    @Test("of a ledger that no agent has open includes what is still in its log")
    func afterACrash() throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        let crashed = try folder.copyAsAfterACrash()
        try LedgerBackup.write(ofFolder: crashed.path, to: copy.file)
        #expect(try Ledger(folder: copy.path).audit().map(\.entry) == [Fixture.line(1)])
    }

    @Test("holds a whole number of steps while the agent writes them")
    func concurrent() async throws {
        let ledger = try Ledger(folder: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for step in Int64(0)..<200 {
                    // Two lines a step.
                    let lines = [Fixture.line(2 * step), Fixture.line(2 * step + 1)]
                    try ledger.record(Machine.Changes(audit: lines))
                }
            }
            for number in 0..<5 {
                let file = copy.path + "/\(number)"
                try LedgerBackup.write(ofFolder: folder.path, to: file)
                let other = TemporaryFolder()
                try FileManager.default.createDirectory(
                    atPath: other.path,
                    withIntermediateDirectories: true
                )
                try FileManager.default.moveItem(atPath: file, toPath: other.file)
                let lines = try Ledger(folder: other.path).audit(limit: 1_000)
                #expect(lines.count.isMultiple(of: 2))
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "gets its name in every way that a file system may support",
        arguments: BackupPlacement.allCases
    )
    func placement(way: BackupPlacement) throws {
        let (partial, file) = (copy.path + "/partial", copy.path + "/file")
        let content = Data((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        try content.write(to: URL(filePath: partial))
        #expect(way.place(partial, at: file) == 0)
        #expect(try Data(contentsOf: URL(filePath: file)) == content)
        // Another file of that name stays, whichever way is tried.
        try FileManager.default.removeItem(atPath: partial)
        try Data("other".utf8).write(to: URL(filePath: partial))
        #expect(way.place(partial, at: file) == EEXIST)
        #expect(try Data(contentsOf: URL(filePath: file)) == content)
        let error = #expect(throws: LedgerError.self) {
            try BackupPlacement.place(partial, at: file)
        }
        #expect(error?.cause == .exists)
        #expect(way.place(partial, at: copy.path + "/none/file") == ENOENT)
        #expect(way.place(copy.path + "/none", at: copy.path + "/new") == ENOENT)
        #expect(!FileManager.default.fileExists(atPath: copy.path + "/new"))
    }

    @Test("never replaces a file, and leaves nothing behind when it fails")
    func refusals() throws {
        let ledger = try Ledger(folder: folder.path)
        defer { withExtendedLifetime(ledger) {} }
        try Data("mine".utf8).write(to: URL(filePath: copy.file))
        let existing = #expect(throws: LedgerError.self) {
            try LedgerBackup.write(ofFolder: folder.path, to: copy.file)
        }
        #expect(existing?.cause == .exists)
        #expect(try String(contentsOfFile: copy.file, encoding: .utf8) == "mine")
        // The file is no ledger.
        #expect(throws: LedgerError.self) {
            try LedgerBackup.write(ofFolder: copy.path, to: copy.path + "/b")
        }
        let missing = #expect(throws: LedgerError.self) {
            try LedgerBackup.write(ofFolder: "/no/such", to: copy.path + "/b")
        }
        #expect(missing?.path == "/no/such/ledger.db")
        #expect(throws: LedgerError.self) {
            try LedgerBackup.write(ofFolder: folder.path, to: "/no/such/file")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.path)
        #expect(names == [Ledger.fileName])
    }
}

@Suite("The folder of a ledger")
struct LedgerFolderTests {
    private let folder = TemporaryFolder()

    @Test(
        "draws a warning if other users can enter it",
        arguments: [0o700, 0o500, 0o755, 0o710, 0o770]
    )
    func mode(mode: Int) throws {
        #expect(try Ledger(folder: folder.path).caution == nil)
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: folder.path
        )
        defer {
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o700],
                ofItemAtPath: folder.path
            )
        }
        let caution = try Ledger(folder: folder.path).caution
        let isPrivate = mode & 0o077 == 0
        #expect((caution == nil) == isPrivate)
        if !isPrivate {
            #expect(caution?.contains("(mode \(String(mode, radix: 8)))") == true)
            #expect(caution?.hasSuffix("run chmod 700 \(folder.path)") == true)
        }
    }
}
