import Foundation
import Ledger
import Remediation
import SQLite
import Testing

/// What the schema refuses, regardless of the program.
@Suite struct SchemaConstraintTests {
    private let folder = TemporaryFolder()

    private func refusal(
        of changes: Machine.Changes,
        after before: Machine.Changes = Machine.Changes(),
        by store: LedgerStore
    ) throws -> String {
        let ledger = try store.open()
        try ledger.record(before)
        let error = #expect(throws: LedgerError.self) { try ledger.record(changes) }
        guard case .rejected(let text) = error?.cause else { return "\(String(describing: error))" }
        return text
    }

    @Test("a graph has at most one open intent", arguments: Storage.allCases)
    func openIntent(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let text = try refusal(
            of: Machine.Changes(intents: [Fixture.intent(2, after: 60)]),
            after: Machine.Changes(intents: [Fixture.intent(1)]),
            by: store
        )
        #expect(text == "the attempt before has not ended, or was a later one")
    }

    @Test("attempt numbers only go up", arguments: Storage.allCases)
    func attemptNumbers(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let first = Fixture.intent(7)
        let text = try refusal(
            of: Machine.Changes(intents: [Fixture.intent(7, after: 60)]),
            after: Machine.Changes(intents: [first], endings: [Fixture.ending(first)]),
            by: store
        )
        #expect(text == "the attempt before has not ended, or was a later one")
    }

    @Test("an intent has one outcome", arguments: Storage.allCases)
    func oneOutcome(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let intent = Fixture.intent(1)
        let text = try refusal(
            of: Machine.Changes(outcomes: [Fixture.outcome(intent, .unknown(reason: "x"))]),
            after: Machine.Changes(intents: [intent], outcomes: [Fixture.outcome(intent)]),
            by: store
        )
        #expect(text.contains("UNIQUE"))
    }

    @Test("an intent has one ending", arguments: Storage.allCases)
    func oneEnding(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let intent = Fixture.intent(1)
        let text = try refusal(
            of: Machine.Changes(endings: [Fixture.ending(intent, .stalled)]),
            after: Machine.Changes(intents: [intent], endings: [Fixture.ending(intent)]),
            by: store
        )
        #expect(text.contains("UNIQUE"))
    }

    @Test("an outcome needs its intent", arguments: Storage.allCases)
    func outcomeWithoutIntent(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let text = try refusal(
            of: Machine.Changes(outcomes: [Fixture.outcome(Fixture.intent(1))]),
            by: store
        )
        #expect(text.contains("FOREIGN KEY"))
    }

    @Test("a refused change has no effect", arguments: Storage.allCases)
    func refusedChange(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let changes = Machine.Changes(
            records: [Fixture.record(Fixture.g, .idle)],
            intents: [Fixture.intent(1), Fixture.intent(2, after: 1)],
            audit: [Fixture.line(1)]
        )
        #expect(throws: LedgerError.self) {
            try ledger.record(changes, alertStates: ["a": Array("1".utf8)])
        }
        #expect(try ledger.load() == MachineSnapshot())
        #expect(try ledger.history().isEmpty)
        #expect(try ledger.audit().isEmpty)
        #expect(try ledger.loadAlertStates().isEmpty)
    }

    @Test(
        "not even a shell rewrites the past",
        arguments: [
            "UPDATE intent SET attempt = 9", "UPDATE outcome SET label = 'refused'",
            "UPDATE ending SET outcome = 'stalled'", "UPDATE audit SET detail = ''",
            "INSERT INTO graph_state VALUES ('x', 1, 'no JSON')",
            "INSERT INTO graph_state VALUES ('', 1, '{}')",
            "INSERT INTO graph_state VALUES ('x', 'one', '{}')",
            "INSERT INTO intent VALUES ('x', 'x', 0, 0, '{}')",
            "INSERT INTO outcome VALUES ('none', 'accepted', 0, '{}')",
        ]
    )
    func rewriting(statement: String) throws {
        let intent = Fixture.intent(1)
        do {
            let ledger = try Ledger(folder: folder.path)
            try ledger.record(
                Machine.Changes(
                    intents: [intent],
                    outcomes: [Fixture.outcome(intent)],
                    endings: [Fixture.ending(intent)],
                    audit: [Fixture.line(1)]
                )
            )
        }
        let shell = try DatabaseQueue(path: folder.file)
        #expect(throws: DatabaseError.self) {
            try shell.write { try $0.execute(sql: statement) }
        }
    }

    @Test("the schema knows every ending of an attempt", arguments: Storage.allCases)
    func endings(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let outcomes = AttemptOutcome.allCases
        let intents = outcomes.indices.map { Fixture.intent($0 + 1, after: Int64($0)) }
        try ledger.record(
            Machine.Changes(
                intents: intents,
                endings: zip(intents, outcomes).map { Fixture.ending($0, $1) }
            )
        )
        #expect(try ledger.history().map(\.ending?.outcome) == outcomes.reversed())
    }
}
