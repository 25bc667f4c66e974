import Foundation
import Remediation
import SQLite
import Testing
import Time

@testable import Ledger

@Suite("The audit trail")
struct AuditChainTests {
    private let folder = TemporaryFolder()

    /// Nine lines, with and without the values that may be missing.
    private static let lines: [AuditEntry] = (1...9).map(line)

    private static func line(_ number: Int) -> AuditEntry {
        let isIntent = number == 5
        return AuditEntry(
            at: Fixture.start + .seconds(Int64(number)),
            graphID: number == 4 ? nil : Fixture.g,
            kind: isIntent ? .intended : .held,
            reason: "cooldown",
            detail: "line \(number): \"böse\" \u{1F600}",
            intentID: isIntent ? "i" : nil
        )
    }

    private func written(_ lines: [AuditEntry] = Self.lines) throws {
        let ledger = try Ledger(folder: folder.path)
        // The chain goes on over steps and starts.
        for line in lines.prefix(3) { try ledger.record(Machine.Changes(audit: [line])) }
        try ledger.record(Machine.Changes(audit: Array(lines.dropFirst(3))))
    }

    private func verification() throws -> ChainReport {
        try #require(try LedgerReader(folder: folder.path).verifyAudit())
    }

    /// As somebody with write access to the file would do it.
    private func tamper(_ statement: String) throws {
        let shell = try DatabaseQueue(path: folder.file)
        defer { shell.close() }
        try shell.write { db in
            try db.execute(sql: "DROP TRIGGER audit_stays; DROP TRIGGER audit_keeps_its_end")
            try db.execute(sql: statement)
        }
    }

    @Test("is intact as the agent writes it, over several steps and starts")
    func intact() throws {
        #expect(throws: LedgerError.self) { try LedgerReader(folder: folder.path) }
        _ = try Ledger(folder: folder.path)
        #expect(try verification() == ChainReport(headHash: AuditChain.origin.hash))
        try written()
        try written()
        let report = try verification()
        #expect(report.isIntact)
        #expect(report.lines == 18)
        #expect(report.firstSequence == 1)
        #expect(report.lastSequence == 18)
        #expect(report.headHash.count == 64)
    }

    @Test("can be verified while the agent writes")
    func whileWriting() async throws {
        let ledger = try Ledger(folder: folder.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...200 {
                    try ledger.record(Machine.Changes(audit: Self.lines))
                    if number == 100 { try ledger.prune(before: Fixture.start + .seconds(5)) }
                }
            }
            for _ in 1...20 { #expect(try verification().isIntact) }
            try await group.waitForAll()
        }
        #expect(try verification().lastSequence == 1800)
    }

    @Test("has the same hashes in every version")
    func knownHash() {
        let line = AuditChain.Line(
            sequence: 7,
            at: -1,
            graphID: "g",
            kind: "held",
            reason: "",
            detail: "d",
            intentID: nil
        )
        #expect(
            line.hash(after: AuditChain.origin.hash)
                == "7c5e46c4d35a649e3df54d874b63860e8f0d85b04e6c59ff027ce81d026000c9"
        )
    }

    @Test("tells apart lines whose values differ only in where they end or whether they are there")
    func encoding() {
        func hash(_ graph: String?, _ kind: String, _ reason: String) -> String {
            AuditChain.Line(
                sequence: 1,
                at: 1,
                graphID: graph,
                kind: kind,
                reason: reason,
                detail: "",
                intentID: nil
            )
            .hash(after: AuditChain.origin.hash)
        }
        let hashes = [
            hash("a", "bc", ""), hash("ab", "c", ""), hash("", "abc", ""), hash(nil, "abc", ""),
            hash(nil, "ab", "c"), hash("a", "b", "c"),
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    /// Of every column, another value of the same type, and none where the schema allows that.
    private static let changes: [String] = [
        "at = at + 1", "graph_id = 'other'", "graph_id = NULL", "kind = 'released'",
        "reason = reason || ' '", "detail = ''", "intent_id = 'j'",
        "hash = substr(hash, 2) || 'x'", "hash = upper(hash) || ' '", "hash = ''",
        "seq = seq + 100", "seq = -seq",
    ]

    @Test(
        "shows a change of any column of any line",
        arguments: changes,
        [1, 2, 5, 8, 9]
    )
    func changedColumn(change: String, line: Int) throws {
        try written()
        try tamper("UPDATE audit SET \(change) WHERE seq = \(line)")
        let fault = try #require(try verification().fault)
        // A line that moved away leaves a gap, or shows up where it does not belong.
        let places = change.hasPrefix("seq") ? [-line, line, line + 1, line + 100] : [line]
        #expect(places.contains(Int(fault.sequence)), "\(fault)")
    }

    @Test(
        "shows lines that were removed, inserted or exchanged",
        arguments: [
            ("DELETE FROM audit WHERE seq = 1", 2), ("DELETE FROM audit WHERE seq = 5", 6),
            ("DELETE FROM audit WHERE seq = 9", 9), ("DELETE FROM audit WHERE seq > 6", 7),
            ("DELETE FROM audit", 1),
            (
                """
                UPDATE audit SET seq = 100 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;
                UPDATE audit SET seq = 4 WHERE seq = 100
                """, 3
            ),
            ("INSERT INTO audit (at, kind, reason, detail) VALUES (1, 'held', '', '')", 10),
            (
                """
                INSERT INTO audit (seq, at, kind, reason, detail)
                VALUES (0, 1, 'held', '', '')
                """, 0
            ),
            (
                """
                INSERT INTO audit
                SELECT 10, at, graph_id, kind, reason, detail, intent_id, hash FROM audit
                WHERE seq = 9
                """, 10
            ),
        ] as [(String, Int64)]
    )
    func changedLines(statement: String, place: Int64) throws {
        try written()
        try tamper(statement)
        #expect(try verification().fault?.sequence == place)
    }

    @Test("goes on after a line that somebody inserted, which stays visible")
    func afterAnInsertion() throws {
        try written()
        try tamper("INSERT INTO audit (at, kind, reason, detail) VALUES (1, 'held', '', '')")
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: Self.lines))
        try ledger.prune(before: Fixture.start + .seconds(3))
        let fault = try #require(try verification().fault)
        #expect(fault.sequence == 10)
    }

    @Test("stays verifiable when old lines are removed, and shows changes of the rest")
    func pruned() throws {
        try written()
        let ledger = try Ledger(folder: folder.path)
        for second in [Int64(4), 4, 7] {
            try ledger.prune(before: Fixture.start + .seconds(second))
            let report = try verification()
            #expect(report.isIntact, "\(report)")
            #expect(report.firstSequence == second)
            #expect(report.anchorSequence == second - 1)
        }
        try ledger.record(Machine.Changes(audit: Self.lines))
        #expect(try verification().lines == 12)
        try ledger.prune(before: .distantFuture)
        #expect(try verification().lines == 0)
        try ledger.record(Machine.Changes(audit: Self.lines))
        #expect(try verification().firstSequence == 19)
        try tamper("DELETE FROM audit WHERE seq = 19")
        #expect(try verification().fault?.sequence == 20)
    }

    @Test("loses no line but the oldest, whatever the clock said")
    func clockJumps() throws {
        let ledger = try Ledger(folder: folder.path)
        let seconds: [Int64] = [1, 2, 900_000_000, 3, 60, 4, 61]
        try ledger.record(
            Machine.Changes(audit: seconds.map { Fixture.line($0) }),
            clock: ClockRecord(
                bootID: "b",
                elapsed: .zero,
                wall: Fixture.start + .seconds(61)
            )
        )
        try ledger.prune(before: Fixture.start + .seconds(50))
        // The line from the future kept none, and the one from the past stayed within the rest.
        let details = try ledger.audit().map(\.entry.detail)
        #expect(details == ["line 61", "line 4", "line 60"])
        #expect(try verification().isIntact)
    }

    @Test("only lines before the anchor can be removed")
    func deletion() throws {
        try written()
        let shell = try DatabaseQueue(path: folder.file)
        #expect(throws: (any Error).self) {
            try shell.write { try $0.execute(sql: "DELETE FROM audit WHERE seq = 4") }
        }
        #expect(try verification().isIntact)
    }

    @Test("is intact after the process was killed at any moment", arguments: [1, 7, 30])
    func killed(steps: Int) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = folder.path as String, steps = steps as Int] in
            let ledger = try Ledger(folder: path)
            for number in 1... {
                if number == steps {
                    // While the next steps are being written.
                    Thread.detachNewThread { kill(getpid(), SIGKILL) }
                }
                try ledger.record(Machine.Changes(audit: (1...9).map { Fixture.line($0) }))
                if number.isMultiple(of: 3) {
                    try ledger.prune(before: Fixture.start + .seconds(5))
                }
            }
        }
        #expect(try verification().isIntact)
        try written()
        #expect(try verification().isIntact)
    }

    @Test("is pruned without reading the lines that stay, but for the first")
    func pruningPlan() throws {
        let ledger = try Ledger.inMemory()
        let plans = [
            Database.firstKeptLine: "SCAN audit",
            Database.lastLineBefore: "SEARCH audit USING INTEGER PRIMARY KEY (rowid<?)",
        ]
        for (statement, plan) in plans {
            let steps = try ledger.read { db in
                try db.fetchAll(
                    sql: "EXPLAIN QUERY PLAN " + statement,
                    arguments: Array([0, 0].prefix(statement.contains("?2") ? 2 : 1))
                ).map { try $0.get("detail", as: String.self) }
            }
            #expect(steps == [plan])
        }
    }
}
