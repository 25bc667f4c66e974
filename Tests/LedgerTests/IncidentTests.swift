import Diagnosis
import Remediation
import SQLite
import Testing
import Time

@testable import Ledger

@Suite("Incidents in the ledger")
struct IncidentTests {
    private let folder = TemporaryFolder()

    @Test("are kept with their time line, and are there after a crash", arguments: Storage.allCases)
    func keeping(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let record = Self.record(1)
        var changes = Self.changes([record], [Self.event(record, 1), Self.event(record, 2)])
        changes.tasks = [Self.task(record, "b"), Self.task(record, "a")]
        try store.open().record(Machine.Changes(), incidents: changes)
        let ledger = try store.openAfterACrash()
        #expect(try ledger.loadOpenIncidents() == [record])
        let found = try #require(try ledger.incident(record.id))
        #expect(found.record == record)
        #expect(found.events == [Self.event(record, 1), Self.event(record, 2)])
        #expect(found.tasks == changes.tasks.map(\.task).reversed())
        #expect(try ledger.incident("none") == nil)
    }

    @Test("may be written again, and are sealed once they ended", arguments: Storage.allCases)
    func repetition(storage: Storage) throws {
        let ledger = try LedgerStore(storage, in: folder).open()
        var record = Self.record(1)
        var changes = Self.changes([record], [Self.event(record, 1)])
        changes.tasks = [Self.task(record, "t")]
        for _ in 0..<2 { try ledger.record(Machine.Changes(), incidents: changes) }
        #expect(try ledger.audit().isEmpty)
        record.endedAt = Fixture.start + .seconds(60)
        record.outcome = "verified"
        let end = Self.changes([record], [Self.event(record, 2)])
        for _ in 0..<3 { try ledger.record(Machine.Changes(), incidents: end) }
        #expect(try ledger.incidents(IncidentFilter()) == [record])
        let found = try #require(try ledger.incident(record.id))
        #expect(found.events.count == 2)
        #expect(found.tasks.count == 1)
        #expect(try ledger.loadOpenIncidents().isEmpty)
        let seal = try #require(try ledger.audit().first?.entry)
        #expect(try ledger.audit().count == 1)
        #expect(seal.kind == .incidentClosed && seal.reason == "verified")
        #expect(seal.detail.hasPrefix("incident \(record.id), 2 events, 1 tasks, SHA-256 "))
        // What is sealed does not change any more.
        record.outcome = "failed"
        let late = Self.changes([record], [Self.event(record, 3)])
        try ledger.record(Machine.Changes(), incidents: late)
        #expect(try ledger.incidents(IncidentFilter()).map(\.outcome) == ["verified"])
        #expect(try ledger.incident(record.id)?.events.count == 2)
    }

    @Test("show what the record of the graph says of the decision, after they are sealed too")
    func decision() throws {
        let ledger = try Ledger(folder: folder.path)
        var record = Self.record(1)
        var graph = GraphRecord(id: record.graphID)
        graph.decisions = [
            DecisionRecord(.shadow, .unresponsive, entry: "prod", at: Fixture.start)
        ]
        graph.decisions[0].incidentIDs = [record.id]
        record.decision = graph.decisions[0]
        record.endedAt = Fixture.start + .seconds(60)
        var changes = Machine.Changes()
        changes.records = [graph]
        try ledger.record(changes, incidents: Self.changes([record], []))
        #expect(try ledger.incident(record.id)?.record.decision?.label == nil)

        graph.decisions[0].label = DecisionLabel(
            isRight: true,
            by: "kim",
            reason: "log",
            at: Fixture.start
        )
        changes.records = [graph]
        try ledger.record(changes)
        #expect(try ledger.incident(record.id)?.record.decision == graph.decisions[0])
        #expect(try ledger.incidents(IncidentFilter()).map(\.decision) == [graph.decisions[0]])
        #expect(try LedgerReader(folder: folder.path).verifyAudit()?.isIntact == true)

        // What the incident was sealed with is left when the graph is forgotten.
        changes.records = []
        changes.removed = [graph.id]
        try ledger.record(changes)
        #expect(try ledger.incident(record.id)?.record == record)
    }

    @Test("never keep an intent from the disk, whatever is wrong with them")
    func orphans() throws {
        let ledger = try LedgerStore(.memory, in: folder).open()
        let intent = Fixture.intent(1)
        try ledger.record(
            Machine.Changes(intents: [intent]),
            incidents: Self.changes([], [Self.event(Self.record(7), 1)])
        )
        #expect(try ledger.history().map(\.intent) == [intent])
        #expect(try ledger.incidents(IncidentFilter()).isEmpty)
    }

    @Test("never keep an intent from the disk if they contradict those on disk")
    func contradiction() throws {
        let ledger = try LedgerStore(.memory, in: folder).open()
        let open = Self.record(1)
        var ended = open
        ended.endedAt = open.openedAt
        let intent = Fixture.intent(1)
        try ledger.record(
            Machine.Changes(intents: [intent]),
            incidents: Self.changes([ended, open, ended], [Self.event(open, 0)])
        )
        #expect(try ledger.history().map(\.intent) == [intent])
        try ledger.record(Machine.Changes(), incidents: Self.changes([ended], []))
        #expect(try ledger.incidents(IncidentFilter()) == [ended])
    }

    @Test("are found by graph, time and outcome, page by page")
    func filters() throws {
        let ledger = try LedgerStore(.memory, in: folder).open()
        var records = (1...5).map { Self.record($0, $0 == 3 ? "h" : "g") }
        for index in 0..<4 {
            records[index].endedAt = records[index].openedAt + .seconds(30)
            records[index].outcome = index == 1 ? "verified" : "alertEnded"
        }
        try ledger.record(Machine.Changes(), incidents: Self.changes(records, []))
        func found(_ change: (inout IncidentFilter) -> Void) throws -> [Int] {
            var filter = IncidentFilter()
            change(&filter)
            return try ledger.incidents(filter).map { incident in
                (records.firstIndex(of: incident) ?? -1) + 1
            }
        }
        #expect(try found { _ in } == [5, 4, 3, 2, 1])
        #expect(try found { $0.graphID = GraphID("h") } == [3])
        #expect(try found { $0.outcome = "verified" } == [2])
        #expect(try found { $0.until = Fixture.start + .seconds(180) } == [2, 1])
        // The third ended half a minute after it was opened, and the fifth is still open.
        #expect(try found { $0.since = Fixture.start + .seconds(210) } == [5, 4, 3])
        #expect(try found { $0.limit = 2 } == [5, 4])
        #expect(
            try found {
                $0.limit = 2
                $0.after = records[3].id
            } == [3, 2]
        )
        #expect(try found { $0.after = "unknown" } == [])
    }

    @Test("are removed with the line that seals them; an open one stays however old it is")
    func pruning() throws {
        let ledger = try LedgerStore(.memory, in: folder).open()
        var records = [Self.record(1), Self.record(2), Self.record(3)]
        records[0].endedAt = Fixture.start + .seconds(70)
        records[1].endedAt = Fixture.start + .seconds(500)
        try ledger.record(
            Machine.Changes(),
            incidents: Self.changes(records, records.map { Self.event($0, 1) })
        )
        try ledger.prune(before: Fixture.start + .seconds(300))
        #expect(try ledger.incidents(IncidentFilter()) == [records[2], records[1]])
        #expect(try ledger.incident(records[0].id) == nil)
        try ledger.prune(before: .distantFuture)
        #expect(try ledger.incidents(IncidentFilter()) == [records[2]])
        #expect(try ledger.incident(records[2].id)?.events.count == 1)
    }

    /// What somebody may do to the record of an incident that has ended.
    enum Tampering: String, CaseIterable {
        case record = "UPDATE incident SET json = json_set(json, '$.outcome', 'failed')"
        case event = "UPDATE incident_event SET text = 'x' WHERE position = 1"
        case time = "UPDATE incident_event SET at = at + 1 WHERE position = 2"
        case removedEvent = "DELETE FROM incident_event WHERE position = 2"
        case addedEvent =
            "INSERT INTO incident_event SELECT incident_id, 3, at, kind, text FROM incident_event WHERE position = 2"
        case task = "UPDATE incident_task SET json = json_set(json, '$.request', '{}')"
        case removedTask = "DELETE FROM incident_task"
        case removal = "DELETE FROM incident"
        case seal = "UPDATE incident SET sealed_by = 77"
        case unsealed = "UPDATE incident SET sealed_by = NULL"
    }

    @Test("are covered by the chain of the audit trail", arguments: Tampering.allCases)
    func tampering(tampering: Tampering) throws {
        let ledger = try Ledger(folder: folder.path)
        var record = Self.record(1)
        record.outcome = "verified"
        record.endedAt = Fixture.start + .seconds(90)
        var changes = Self.changes([record], [Self.event(record, 1), Self.event(record, 2)])
        changes.tasks = [Self.task(record, "t")]
        try ledger.record(Machine.Changes(), incidents: changes)
        let reader = try LedgerReader(folder: folder.path)
        #expect(try reader.verifyAudit()?.fault == nil)
        let shell = try DatabaseQueue(path: folder.file)
        try shell.write { try $0.execute(sql: "PRAGMA foreign_keys = ON; " + tampering.rawValue) }
        let fault = try #require(try reader.verifyAudit()?.fault)
        #expect(fault.problem.contains("incident"), "\(fault)")
    }

    @Test("keep an older version's ledger verifiable")
    func olderLedger() throws {
        try Ledger(folder: folder.path).record(Machine.Changes(audit: [Fixture.line(1)]))
        let shell = try DatabaseQueue(path: folder.file)
        try shell.write {
            try $0.execute(sql: "DROP TABLE incidents_removed; DROP TABLE incident_event")
        }
        #expect(try LedgerReader(folder: folder.path).verifyAudit()?.isIntact == true)
    }

    /// Ended, with about 4 MiB of time line.
    private static func large(_ index: Int) -> IncidentChanges {
        var record = record(index, "g\(index)")
        record.endedAt = record.openedAt + .seconds(30)
        let text = String(repeating: "x", count: 8 << 10)
        let events = (1...512).map {
            IncidentEvent(
                incidentID: record.id,
                position: $0,
                at: Fixture.start,
                kind: "answer",
                text: text
            )
        }
        return changes([record], events)
    }

    @Test("are bounded: the oldest are removed, and the rest can be verified")
    func bounds() throws {
        let ledger = try Ledger(folder: folder.path)
        for index in 1...20 {
            try ledger.record(Machine.Changes(), incidents: Self.large(index))
        }
        let kept = try ledger.incidents(IncidentFilter())
        #expect((12...16).contains(kept.count), "\(kept.count)")
        #expect(kept.first?.graphID == GraphID("g20"))
        #expect(try ledger.incident(kept[0].id)?.events.count == 512)
        #expect(try ledger.sizeBytes() < 200 << 20)
        #expect(try LedgerReader(folder: folder.path).verifyAudit()?.isIntact == true)
        #expect(try ledger.audit().count == 20)
    }

    @Test("leave room for intents in a ledger that is nearly full")
    func room() throws {
        var options = LedgerOptions()
        options.maximumBytes = 8 << 20
        let ledger = try Ledger(folder: folder.path, options: options)
        for index in 1...10 {
            try ledger.record(Machine.Changes(), incidents: Self.large(index))
        }
        #expect(try ledger.incidents(IncidentFilter()).count < 3)
        for attempt in 1...50 {
            let id = GraphID("h\(attempt)")
            let intent = Fixture.intent(1, id)
            try ledger.record(Machine.Changes(intents: [intent]), incidents: Self.large(attempt))
        }
        #expect(try ledger.history().count == 50)
    }

    // MARK: Values

    private static func record(_ minute: Int, _ graph: String = "g") -> IncidentRecord {
        IncidentRecord(
            graphID: GraphID(graph),
            graphName: "orders",
            hangClass: .unresponsive,
            alertname: "GraphHung",
            openedAt: Fixture.start + .seconds(minute * 60)
        )
    }

    private static func task(
        _ record: IncidentRecord,
        _ id: String
    ) -> IncidentChanges.NotedTask {
        IncidentChanges.NotedTask(
            incidentID: record.id,
            task: IncidentRecord.InterruptedTask(
                id: id,
                type: "Algorithm",
                state: "running",
                progressRatio: 0.25,
                startedAt: Fixture.start,
                request: "{\"algorithmName\":\"pagerank\"}",
                notedAt: Fixture.start
            )
        )
    }

    private static func event(_ record: IncidentRecord, _ position: Int) -> IncidentEvent {
        IncidentEvent(
            incidentID: record.id,
            position: position,
            at: Fixture.start,
            kind: "verdict",
            text: "hung: \"böse\" \u{0} \u{1F600}"
        )
    }

    private static func changes(
        _ records: [IncidentRecord],
        _ events: [IncidentEvent]
    ) -> IncidentChanges {
        var changes = IncidentChanges()
        changes.records = records
        changes.events = events
        return changes
    }
}
