import Foundation
import Ledger
import Remediation
import Testing
import Time

@Suite("A page of the audit trail")
struct AuditPageTests {
    private let folder = TemporaryFolder()

    /// All pages, each with the cursor of the one before.
    private func walk(_ query: AuditQuery) throws -> (lines: [AuditRecord], pages: Int) {
        let reader = try LedgerReader(folder: folder.path)
        var (query, lines, pages) = (query, [AuditRecord](), 0)
        repeat {
            let page = try reader.audit(query)
            lines += page.lines
            pages += 1
            query.before = page.next
        } while query.before != nil
        return (lines, pages)
    }

    @Test("is empty in a new ledger")
    func empty() throws {
        _ = try Ledger(folder: folder.path)
        #expect(try LedgerReader(folder: folder.path).audit(AuditQuery()) == AuditPage())
    }

    @Test("continues where the one before ended, whatever the limit", arguments: [1, 2, 3, 8, 9])
    func walking(limit: Int) throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: (1...9).map { Fixture.line($0) }))
        let found = try walk(AuditQuery(limit: limit))
        #expect(found.lines == (try ledger.audit()))
        #expect(found.pages == (9 + limit - 1) / limit)
        try ledger.prune(before: Fixture.start + .seconds(5))
        #expect(try walk(AuditQuery(limit: limit)).lines.map(\.sequence) == [9, 8, 7, 6, 5])
    }

    /// Four lines of one graph, five of another, of two attempts in turn; the last two of none.
    private static func line(_ number: Int, _ intents: [Intent]) -> AuditEntry {
        let graph = GraphID(number < 5 ? "a" : "b")
        let isEven = number.isMultiple(of: 2)
        return AuditEntry(
            at: Fixture.start + .seconds(Int64(number)),
            graphID: graph,
            kind: isEven ? .held : .ended,
            detail: "",
            intentID: number < 8 ? intents[isEven ? 0 : 1].id : nil
        )
    }

    @Test("has the lines that every condition lets through")
    func conditions() throws {
        let ledger = try Ledger(folder: folder.path)
        let intents = (1...2).map { Fixture.intent($0, after: Int64($0)) }
        let lines = (1...9).map { Self.line($0, intents) }
        try ledger.record(
            Machine.Changes(
                intents: intents,
                outcomes: [Fixture.outcome(intents[1])],
                endings: [Fixture.ending(intents[0]), Fixture.ending(intents[1], .stalled)],
                audit: lines
            )
        )
        func numbers(_ change: (inout AuditQuery) -> Void) throws -> [Int64] {
            var query = AuditQuery()
            change(&query)
            return try walk(query).lines.map(\.sequence)
        }
        #expect(try numbers { $0.graphID = GraphID("a") } == [4, 3, 2, 1])
        #expect(try numbers { $0.kind = .held } == [8, 6, 4, 2])
        #expect(try numbers { $0.since = Fixture.start + .seconds(8) } == [9, 8])
        #expect(try numbers { $0.until = Fixture.start + .seconds(3) } == [2, 1])
        #expect(try numbers { $0.outcome = "verified" } == [6, 4, 2])
        #expect(try numbers { $0.outcome = "stalled" } == [7, 5, 3, 1])
        #expect(try numbers { $0.outcome = "accepted" } == [7, 5, 3, 1])
        #expect(try numbers { $0.outcome = "notSent" } == [])
        let both = try numbers { query in
            query.graphID = GraphID("b")
            query.outcome = "stalled"
            query.since = Fixture.start + .seconds(6)
        }
        #expect(both == [7])
    }

    @Test("looks at a bounded number of lines, and says that there are more")
    func bounded() throws {
        let ledger = try Ledger(folder: folder.path)
        var lines: [AuditEntry] = (1...45_000).map { Fixture.line($0) }
        lines[0] = Fixture.line(1, GraphID("rare"))
        try ledger.record(Machine.Changes(audit: lines))
        var query = AuditQuery()
        query.graphID = GraphID("rare")
        let first = try LedgerReader(folder: folder.path).audit(query)
        #expect(first.lines.isEmpty && first.next != nil)
        let all = try walk(query)
        #expect(all.lines.map(\.sequence) == [1])
        #expect(all.pages == 3)
    }
}
