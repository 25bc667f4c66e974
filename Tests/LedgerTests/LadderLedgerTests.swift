import Diagnosis
import Foundation
import Remediation
import SQLite
import Testing
import Time

@testable import Ledger

@Suite("A ledger with the rungs of a ladder")
struct LadderLedgerTests {
    private let folder = TemporaryFolder()

    private func intent(_ number: Int, _ action: GraphAction) -> Intent {
        let task = CancellableTask(id: "7", kind: .filter, startedAt: Fixture.start)
        return Intent(
            request: RestartRequest(
                graphID: Fixture.g,
                hangClass: .unresponsive,
                alertname: "GraphHung",
                reason: "no answer",
                activeAt: Fixture.start
            ),
            graphName: "orders",
            attempt: number,
            createdAt: Fixture.start + .seconds(number),
            action: action,
            task: action == .cancel ? task : nil
        )
    }

    @Test("keeps the action and the task of each intent", arguments: Storage.allCases)
    func roundTrip(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let intents = zip(1..., [GraphAction.cancel, .restart, .stop, .start])
            .map { intent($0, $1) }
        let outcomes: [AttemptOutcome] = [.refused, .notRecovered, .stopped, .verified]
        var record = GraphRecord(id: Fixture.g)
        record.attempts = intents.map { Attempt(of: $0) }
        record.phase = .stopped(
            Phase.Stopped(intent: intents[2], since: Fixture.start, deadline: Fixture.start)
        )
        try store.open().record(
            Machine.Changes(
                records: [record],
                intents: intents,
                endings: zip(intents, outcomes).map { Fixture.ending($0, $1) }
            )
        )
        let ledger = try store.open()
        let history = try ledger.history().reversed()
        #expect(history.map(\.intent) == intents)
        #expect(history.map(\.ending?.outcome) == outcomes)
        #expect(try ledger.load().records == [record])
    }

    @Test("writes a restart as before, and reads one without an action as a restart")
    func restartIsPlain() throws {
        let restart = intent(1, .restart)
        let encoder = JSONEncoder()
        let text = String(decoding: try encoder.encode(restart), as: UTF8.self)
        #expect(!text.contains("action") && !text.contains("task"))
        let attempt = String(decoding: try encoder.encode(Attempt(of: restart)), as: UTF8.self)
        #expect(!attempt.contains("action"))
        #expect(
            try JSONDecoder().decode(Intent.self, from: Data(text.utf8)).action == .restart
        )
    }

    @Test("reads a ledger of the version before, whose intents are restarts")
    func olderSchema() throws {
        let restart = intent(1, .restart)
        var record = GraphRecord(id: Fixture.g)
        record.attempts = [Attempt(of: restart)]
        try Ledger(folder: folder.path).record(
            Machine.Changes(
                records: [record],
                intents: [restart],
                endings: [Fixture.ending(restart, .notRecovered)]
            )
        )
        try makeOld()
        let ledger = try Ledger(folder: folder.path)
        #expect(try ledger.history().map(\.intent.action) == [.restart])
        #expect(try ledger.history().map(\.ending?.outcome) == [.notRecovered])
        #expect(try ledger.load().records == [record])
        let stop = intent(2, .stop)
        try ledger.record(
            Machine.Changes(intents: [stop], endings: [Fixture.ending(stop, .stopped)])
        )
        // The constraints hold as before.
        #expect(throws: LedgerError.self) {
            try ledger.record(Machine.Changes(endings: [Fixture.ending(stop, .verified)]))
        }
        try ledger.record(Machine.Changes(intents: [intent(3, .start)]))
        #expect(throws: LedgerError.self) {
            try ledger.record(Machine.Changes(intents: [intent(4, .restart)]))
        }
    }

    /// Brings the ledger back to how the version before left it.
    private func makeOld() throws {
        let shell = try DatabaseQueue(path: folder.file)
        defer { shell.close() }
        try shell.write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER intent_after_the_end_of_the_one_before;
                    CREATE TABLE before (
                        intent_id TEXT NOT NULL PRIMARY KEY REFERENCES intent (id)
                            ON DELETE CASCADE,
                        outcome TEXT NOT NULL CHECK (
                            outcome IN ('verified', 'notRecovered', 'stalled', 'refused',
                                'probablyNotLanded', 'notSent', 'unauthorised', 'throttled')),
                        at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    INSERT INTO before SELECT * FROM ending;
                    DROP TABLE ending;
                    ALTER TABLE before RENAME TO ending;
                    CREATE TRIGGER intent_after_the_end_of_the_one_before BEFORE INSERT ON intent
                    WHEN EXISTS (
                        SELECT 1 FROM intent AS earlier
                        WHERE earlier.graph_id = new.graph_id
                            AND NOT EXISTS (
                                SELECT 1 FROM ending WHERE intent_id = earlier.id))
                    BEGIN SELECT raise(ABORT, 'the attempt before has not ended'); END;
                    UPDATE graph_state SET schema_version = 1;
                    DELETE FROM grdb_migrations WHERE identifier LIKE '11 %';
                    """
            )
        }
    }
}
