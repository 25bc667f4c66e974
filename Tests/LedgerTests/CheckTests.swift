import Foundation
import Ledger
import Remediation
import Testing
import Time

/// A ledger that is damaged or removed while it is in use.
@Suite struct CheckTests {
    private let folder = TemporaryFolder()

    /// A ledger whose pages are in the database file itself: closing checkpoints the WAL.
    private func settled() throws -> Ledger {
        try Ledger(folder: folder.path).record(
            Machine.Changes(audit: (1...200).map { Fixture.line($0) })
        )
        return try Ledger(folder: folder.path)
    }

    /// Overwrites all but the first page, like a failing disk, and returns the old bytes.
    private func damage() throws -> Data {
        let before = try Data(contentsOf: URL(filePath: folder.file))
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.file))
        try handle.seek(toOffset: 4096)
        try handle.write(contentsOf: Data(repeating: 0xA5, count: before.count - 4096))
        try handle.close()
        return before
    }

    private func repair(_ bytes: Data) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.file))
        try handle.write(contentsOf: bytes)
        try handle.close()
    }

    @Test("an intact ledger passes")
    func sound() throws {
        let ledger = try settled()
        #expect(throws: Never.self) { try ledger.verify() }
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
        #expect(throws: Never.self) { try ledger.verify() }
    }

    @Test("an intent is not written to a damaged file")
    func damaged() throws {
        let ledger = try settled()
        let before = try damage()
        let error = #expect(throws: LedgerError.self) {
            try ledger.record(Machine.Changes(intents: [Fixture.intent(1)]))
        }
        #expect(error?.cause.label == "corrupt")
        try repair(before)
        try ledger.record(Machine.Changes(intents: [Fixture.intent(1)]))
        #expect(try ledger.history().map(\.intent) == [Fixture.intent(1)])
    }

    @Test("a removed or replaced file is not written")
    func replaced() throws {
        let ledger = try settled()
        let aside = folder.file + ".aside"
        try FileManager.default.moveItem(atPath: folder.file, toPath: aside)
        for replaces in [false, true] {
            if replaces { try Data().write(to: URL(filePath: folder.file)) }
            let error = #expect(throws: LedgerError.self) {
                try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
            }
            #expect(error?.cause == .replaced)
        }
        try FileManager.default.removeItem(atPath: folder.file)
        try FileManager.default.moveItem(atPath: aside, toPath: folder.file)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
    }
}
