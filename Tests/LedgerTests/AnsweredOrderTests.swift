import Remediation
import Testing
import Time

@testable import Ledger

/// The answers to orders, in a file and in memory alike.
@Suite struct AnsweredOrderTests {
    private let folder = TemporaryFolder()

    private func changes(_ ids: [String], at instant: Timestamp) -> Machine.Changes {
        var changes = Machine.Changes()
        changes.answered = ids.map { id in
            let order = Order(id: id, .resume(.fleet), by: "kim as ops", reason: "é\"x")
            return AnsweredOrder(order, .refused("it is not paused"), at: instant)
        }
        return changes
    }

    @Test("answers are present after a crash, by id", arguments: Storage.allCases)
    func crash(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let changes = changes(["b", "a"], at: Fixture.start)
        let ledger = try store.open()
        try ledger.record(changes)
        let answered = try store.openAfterACrash().load().answered
        #expect(answered == changes.answered.sorted { $0.id < $1.id })
    }

    @Test("a write that is repeated changes nothing, one that differs replaces the answer")
    func repetition() throws {
        let ledger = try Ledger.inMemory()
        let first = changes(["a"], at: Fixture.start)
        try ledger.record(first)
        try ledger.record(first)
        #expect(try ledger.load().answered == first.answered)
        let second = changes(["a"], at: Fixture.start + .seconds(1))
        try ledger.record(second)
        #expect(try ledger.load().answered == second.answered)
    }

    @Test("answers are kept for thirty days")
    func retention() throws {
        let ledger = try Ledger.inMemory()
        try ledger.record(changes(["old"], at: Fixture.start))
        let end = Fixture.start + AnsweredOrder.retention
        try ledger.record(changes(["new"], at: end))
        #expect(try ledger.load().answered.map(\.id) == ["new", "old"])
        try ledger.record(changes(["newer"], at: end + .milliseconds(1)))
        #expect(try ledger.load().answered.map(\.id) == ["new", "newer"])
    }

    @Test("the newest answers are kept, within a limit")
    func capacity() throws {
        let ledger = try Ledger.inMemory()
        for batch in 0..<3 {
            let ids = (0..<AnsweredOrder.capacity / 2).map { "\(batch)-\($0)" }
            try ledger.record(changes(ids, at: Fixture.start + .seconds(Int64(batch))))
        }
        let kept = try ledger.load().answered
        #expect(kept.count == AnsweredOrder.capacity)
        #expect(Set(kept.map { $0.id.prefix(1) }) == ["1", "2"])
    }
}
