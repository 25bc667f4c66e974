import Foundation
import Remediation
import SQLite
import Synchronization
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("Raising the high-water mark")
struct RaisedMarkTests {
    private let folder = TemporaryFolder()
    private var mark: String { folder.path + "/" + HighWaterMark.fileName }
    private var obstacle: String { mark + ".new" }

    /// What a ledger must not lack.
    enum Kind: CaseIterable, Sendable {
        case intent, pause, endOfPause, answer

        var changes: Machine.Changes {
            var changes = Machine.Changes(audit: [Fixture.line(1)])
            switch self {
            case .intent: changes.intents = [Fixture.intent(1)]
            case .pause:
                changes.pauses = [
                    Pause(
                        scope: .fleet,
                        by: "kim",
                        reason: "work",
                        since: Fixture.start,
                        until: Fixture.start + .seconds(60)
                    )
                ]
            case .endOfPause: changes.pauses = []
            case .answer:
                let order = Order(id: "o", .resume(.fleet), by: "kim", reason: "done")
                changes.answered = [AnsweredOrder(order, .refused("no"), at: Fixture.start)]
            }
            return changes
        }
    }

    private func block() throws {
        try FileManager.default.createDirectory(
            atPath: obstacle,
            withIntermediateDirectories: false
        )
    }

    private func unblock() throws { try FileManager.default.removeItem(atPath: obstacle) }

    /// A call on a thread of its own, begun at once: SQLite waits for locks by blocking, and the
    /// threads of other tests may all be busy.
    private final class Call: Sendable {
        private let result = Mutex<Result<Void, any Error>?>(nil)

        init(_ body: @escaping @Sendable () throws -> Void) {
            Thread.detachNewThread { [self] in
                let outcome = Result(catching: body)
                result.withLock { $0 = outcome }
            }
        }

        func end() async throws {
            try await eventually("the call ends") {
                result.withLock { $0 }
            } is: {
                $0 != nil
            }?.get()
        }
    }

    private func sequence() throws -> Int64? {
        try HighWaterMark.read(inFolder: folder.path)?.sequence
    }

    @Test("happens with restarts, pauses and orders", arguments: Kind.allCases)
    func kinds(kind: Kind) throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: [Fixture.line(7)]))
        #expect(try sequence() == nil)
        try ledger.record(kind.changes)
        #expect(try sequence() == 2)
        try ledger.record(Machine.Changes(audit: [Fixture.line(8)]))
        #expect(try sequence() == 2)
    }

    @Test("does not make an older ledger the newest by a pause", arguments: Kind.allCases)
    func older(kind: Kind) throws {
        let ledger = try Ledger(folder: folder.path)
        let newest = HighWaterMark(
            identity: try ledger.read { try $0.highWaterMark() }.identity,
            sequence: 9,
            hash: String(repeating: "0", count: 64)
        )
        try newest.write(inFolder: folder.path)
        guard kind != .intent else { return }
        try ledger.record(kind.changes)
        #expect(try #require(try ledger.shortfall()).contains("ends at line 1"))
        try ledger.acceptAsNewest()
        #expect(try ledger.shortfall() == nil)
    }

    @Test("that fails refuses the write and leaves nothing of it", arguments: Kind.allCases)
    func refused(kind: Kind) throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: [Fixture.line(7)]))
        try block()
        for _ in 1...3 {
            let error = #expect(throws: LedgerError.self) { try ledger.record(kind.changes) }
            #expect(error?.path == mark)
        }
        #expect(try ledger.audit().count == 1)
        #expect(try ledger.history().isEmpty)
        #expect(try ledger.load().answered.isEmpty)
        #expect(try ledger.load().pauses.isEmpty)
        // A write that needs no mark is not held up.
        try ledger.record(Machine.Changes(audit: [Fixture.line(8)]))
        try unblock()
        try ledger.record(kind.changes)
        #expect(try ledger.audit().count == 3)
        #expect(try sequence() == 3)
    }

    @Test("that fails after the commit refuses only the next write", arguments: Kind.allCases)
    func late(kind: Kind) async throws {
        var options = LedgerOptions()
        options.busyTimeout = .seconds(3600)
        let ledger = try Ledger(folder: folder.path, options: options)
        let shell = try DatabaseQueue(path: folder.file)
        try shell.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let written = Call { try ledger.record(kind.changes) }
        // The transaction waits for the shell.
        try await eventually("the mark is raised to the old head") {
            FileManager.default.fileExists(atPath: mark)
        }
        try block()
        try shell.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await written.end()
        #expect(try ledger.audit().count == 1)
        #expect(try sequence() == 0)

        let next = Machine.Changes(audit: [Fixture.line(2)])
        for _ in 1...3 { #expect(throws: LedgerError.self) { try ledger.record(next) } }
        #expect(try ledger.audit().count == 1)
        try unblock()
        try ledger.record(next)
        #expect(try ledger.audit().count == 2)
        #expect(try sequence() == 1)
        #expect(try ledger.shortfall() == nil)
    }

    @Test("replaces what an interrupted write left", arguments: ["file", "pipe", "link"])
    func remnant(kind: String) throws {
        let ledger = try Ledger(folder: folder.path)
        switch kind {
        case "file": try Data("x".utf8).write(to: URL(filePath: obstacle))
        case "pipe": #expect(unsafe mkfifo(obstacle, 0o400) == 0)
        default:
            try FileManager.default.createSymbolicLink(
                atPath: obstacle,
                withDestinationPath: "/dev/full"
            )
        }
        try ledger.record(Kind.intent.changes)
        #expect(try sequence() == 1)
        #expect(!FileManager.default.fileExists(atPath: obstacle))
    }
}
