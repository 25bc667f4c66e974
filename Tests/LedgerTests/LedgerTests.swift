import Diagnosis
import Foundation
import Ledger
import Remediation
import Testing
import Time

/// The content of a ledger, in a file and in memory alike.
@Suite struct LedgerTests {
    private let folder = TemporaryFolder()

    @Test("recorded data is present after reopening", arguments: Storage.allCases)
    func reopening(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let intent = Fixture.intent(1)
        let records = [
            Fixture.record(GraphID("a"), .intended(Fixture.intent(1, GraphID("a")))),
            Fixture.record(GraphID("b"), .exhausted(since: Fixture.start)),
        ]
        let pauses = [
            Pause(
                scope: .fleet,
                by: "kim",
                reason: "x",
                since: Fixture.start,
                until: Fixture.start + .seconds(1)
            ),
            Pause(
                scope: .graph(Fixture.g),
                by: "lee",
                reason: "y",
                since: Fixture.start,
                until: Fixture.start
            ),
        ]
        do {
            let ledger = try store.open()
            #expect(try ledger.load() == MachineSnapshot())
            try ledger.record(
                Machine.Changes(
                    records: records,
                    intents: [intent],
                    outcomes: [Fixture.outcome(intent)],
                    endings: [Fixture.ending(intent)],
                    pauses: pauses,
                    audit: [Fixture.line(1), Fixture.line(2, nil)]
                )
            )
        }
        let ledger = try store.open()
        #expect(try ledger.load() == MachineSnapshot(records: records, pauses: pauses))
        #expect(
            try ledger.history() == [
                HistoryEntry(
                    intent: intent,
                    outcome: Fixture.outcome(intent),
                    ending: Fixture.ending(intent)
                )
            ]
        )
        #expect(try ledger.audit().map(\.entry) == [Fixture.line(2, nil), Fixture.line(1)])
    }

    @Test("every outcome of a POST survives", arguments: Storage.allCases)
    func outcomes(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let outcomes: [RestartOutcome] = [
            .accepted(jobID: "j"), .accepted(jobID: nil),
            .refused(code: "GES.7016", message: "no"),
            .unauthorised(code: "APIGW.0301", message: "no"),
            .throttled(retryAfter: .seconds(90)), .throttled(retryAfter: nil),
            .notSent(reason: "x"), .unknown(reason: "y"),
        ]
        let intents = outcomes.indices.map { Fixture.intent(1, GraphID("g\($0)")) }
        let ledger = try store.open()
        try ledger.record(
            Machine.Changes(
                intents: intents,
                outcomes: zip(intents, outcomes).map { Fixture.outcome($0, $1) }
            )
        )
        let found = try ledger.history().sorted { $0.intent.graphID < $1.intent.graphID }
        #expect(found.map(\.outcome?.outcome) == outcomes)
    }

    @Test("every kind of audit line survives", arguments: Storage.allCases)
    func auditKinds(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let entries = AuditEntry.Kind.allCases.map { kind in
            AuditEntry(
                at: Fixture.start,
                graphID: Fixture.g,
                kind: kind,
                reason: "r",
                detail: "d",
                intentID: "i"
            )
        }
        let ledger = try store.open()
        try ledger.record(Machine.Changes(audit: entries))
        #expect(try ledger.audit().map(\.entry) == entries.reversed())
    }

    @Test("the schema accepts two hours of the machine, step by step", arguments: Storage.allCases)
    func wholeIncident(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        var machine = Machine()
        var policy = Policy()
        policy.mode = .auto
        policy.evidenceTimeout = .zero
        policy.cooldown = .seconds(60)
        policy.maxAttempts = [WindowLimit(window: .seconds(3600), count: 9)]
        policy.budget = policy.maxAttempts
        var reports: [Report] = []
        for minute in 0..<120 {
            let now = Fixture.start + .seconds(Int64(minute) * 60)
            let graph = GraphView(
                id: Fixture.g,
                name: "orders",
                statusCode: "200",
                statusSince: Fixture.start - .seconds(9999),
                observedAt: now,
                verdict: .hung(.unresponsive, since: now),
                probe: ProbeView(answered: false, at: now),
                policy: policy
            )
            let view = FleetView(
                graphs: [Fixture.g: graph],
                sightSince: Fixture.start - .seconds(9999),
                freshness: .seconds(60)
            )
            let request = RestartRequest(
                graphID: Fixture.g,
                hangClass: .unresponsive,
                alertname: "GraphHung",
                reason: "x",
                activeAt: Fixture.start
            )
            let effects = machine.step(requests: [request], reports: reports, view: view, at: now)
            try ledger.record(machine.changes)
            machine.changesWereRecorded()
            reports = effects.compactMap { effect in
                guard case .restart(let intent) = effect else { return nil }
                return .outcome(intentID: intent.id, .notSent(reason: "x"), at: now)
            }
        }
        #expect(try ledger.history().count > 3)
        #expect(try ledger.load() == machine.snapshot)
        #expect(try ledger.history().allSatisfy { $0.ending?.outcome == .notSent })
    }

    @Test(
        "changes that added up are written in the order in which they happened",
        arguments: Storage.allCases
    )
    func orderOfEvents(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let intents = (1...3).map { Fixture.intent($0, after: Int64($0)) }
        try ledger.record(Machine.Changes(intents: [intents[0]]))
        try ledger.record(
            Machine.Changes(
                intents: [intents[1], intents[2]],
                outcomes: intents.map { Fixture.outcome($0) },
                endings: [Fixture.ending(intents[0]), Fixture.ending(intents[1])]
            )
        )
        let history = try ledger.history()
        #expect(history.map(\.intent.attempt) == [3, 2, 1])
        #expect(history.map { $0.ending != nil } == [false, true, true])
    }

    @Test("the same changes may be written again", arguments: Storage.allCases)
    func repeatedWrite(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let intent = Fixture.intent(1)
        let changes = Machine.Changes(
            records: [Fixture.record(Fixture.g, .idle)],
            intents: [intent],
            outcomes: [Fixture.outcome(intent)],
            endings: [Fixture.ending(intent)]
        )
        try ledger.record(changes)
        try ledger.record(changes)
        #expect(try ledger.history().count == 1)
    }

    @Test("a removed graph leaves only its audit trail", arguments: Storage.allCases)
    func removedGraph(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let intent = Fixture.intent(1)
        try ledger.record(
            Machine.Changes(
                records: [Fixture.record(Fixture.g, .intended(intent))],
                intents: [intent],
                outcomes: [Fixture.outcome(intent)],
                audit: [Fixture.line(1)]
            )
        )
        var changes = Machine.Changes()
        changes.removed = [Fixture.g]
        try ledger.record(changes)
        #expect(try ledger.load().records.isEmpty)
        #expect(try ledger.history().isEmpty)
        #expect(try ledger.audit().count == 1)
        try ledger.record(Machine.Changes(intents: [intent]))
    }

    @Test(
        "history and audit trail are bounded and can be read page by page",
        arguments: Storage.allCases
    )
    func paging(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let others = GraphID("h")
        try ledger.record(
            Machine.Changes(
                intents: [Fixture.intent(1), Fixture.intent(1, others, after: 1)],
                audit: (1...1500).map { Fixture.line($0, $0 % 3 == 0 ? others : Fixture.g) }
            )
        )
        #expect(try ledger.history(graphID: others).map(\.intent.graphID) == [others])
        #expect(try ledger.history(limit: 1).map(\.intent.graphID) == [others])
        #expect(try ledger.audit(limit: 9999).count == 1000)
        #expect(try ledger.audit(limit: -1).isEmpty)
        let page = try ledger.audit(graphID: others, limit: 2)
        #expect(page.map(\.entry.detail) == ["line 1500", "line 1497"])
        let next = try ledger.audit(graphID: others, before: page.last?.sequence, limit: 1)
        #expect(next.map(\.entry.detail) == ["line 1494"])
    }

    @Test("alert states are kept byte for byte", arguments: Storage.allCases)
    func alertStates(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let states = ["a": Array(#"{"x": 1}"#.utf8), "b\u{1f}ü": Array("[]".utf8)]
        do {
            let ledger = try store.open()
            try ledger.record(Machine.Changes(), alertStates: states)
            try ledger.record(Machine.Changes(), alertStates: states)
        }
        do {
            let ledger = try store.open()
            #expect(try ledger.loadAlertStates() == states)
            try ledger.record(Machine.Changes(), alertStates: ["a": Array("2".utf8)])
        }
        let ledger = try store.open()
        #expect(try ledger.loadAlertStates() == ["a": Array("2".utf8)])
    }

    @Test("statuses of graphs are kept until they are removed", arguments: Storage.allCases)
    func graphStatuses(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let rows = [
            GraphStatusRow(graphID: "a", code: "200", since: Fixture.start),
            GraphStatusRow(graphID: "b", code: "202", since: Fixture.start + .seconds(1)),
        ]
        do {
            let ledger = try store.open()
            try ledger.record(Machine.Changes(), statuses: GraphStatusChanges(saved: rows))
        }
        do {
            let ledger = try store.open()
            #expect(Set(try ledger.loadGraphStatuses()) == Set(rows))
            let changed = GraphStatusRow(graphID: "b", code: "200", since: Fixture.start)
            try ledger.record(
                Machine.Changes(),
                statuses: GraphStatusChanges(saved: [changed], removed: ["a", "c"])
            )
            #expect(try ledger.loadGraphStatuses() == [changed])
        }
    }

    @Test("pruning removes only what is old and has ended", arguments: Storage.allCases)
    func pruning(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let old = Fixture.intent(1)
        let newest = Fixture.intent(2, after: 1)
        let open = Fixture.intent(1, GraphID("h"))
        try ledger.record(
            Machine.Changes(
                intents: [old, newest, open],
                endings: [Fixture.ending(old), Fixture.ending(newest)],
                audit: (1...10).map { Fixture.line($0) }
            )
        )
        let pruned = try ledger.prune(before: Fixture.start + .seconds(6))
        #expect(pruned == 6)
        #expect(Set(try ledger.history().map(\.intent.id)) == [newest.id, open.id])
        #expect(try ledger.audit().map(\.entry.detail).last == "line 6")
        #expect(try ledger.prune(before: Fixture.start + .seconds(6)) == 0)
        try ledger.record(Machine.Changes(intents: [Fixture.intent(3, after: 2)]))
    }

    @Test("pruning returns the space", arguments: Storage.allCases)
    func prunedSpace(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        let empty = try ledger.sizeBytes()
        try ledger.record(Machine.Changes(audit: (1...3000).map { Fixture.line($0) }))
        let full = try ledger.sizeBytes()
        #expect(full > empty + 200_000)
        try ledger.prune(before: .distantFuture)
        #expect(try ledger.sizeBytes() < empty + 50_000)
    }

    @Test("received alerts are kept by fingerprint and start", arguments: Storage.allCases)
    func receivedAlerts(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        func row(_ fingerprint: String, _ start: Int64, _ json: String) -> ReceivedAlertRow {
            ReceivedAlertRow(
                fingerprint: fingerprint,
                startsAt: Timestamp(milliseconds: start),
                json: Array(json.utf8)
            )
        }
        try ledger.record(
            .init(),
            received: .init(saved: [row("a", 1, "{}"), row("a", 2, "{}"), row("b", -1, "{}")])
        )
        try ledger.record(
            .init(),
            received: .init(saved: [row("a", 1, "[1]")], removed: [row("a", 2, "")])
        )
        let crashed = try store.openAfterACrash()
        #expect(Set(try crashed.loadReceivedAlerts()) == [row("a", 1, "[1]"), row("b", -1, "{}")])
    }

    @Test("the clocks are kept", arguments: Storage.allCases)
    func clocks(storage: Storage) throws {
        let store = LedgerStore(storage, in: folder)
        let ledger = try store.open()
        #expect(try ledger.loadClock() == nil)
        var clock = ClockRecord(bootID: "a", elapsed: .seconds(5), wall: Fixture.start)
        try ledger.record(Machine.Changes(), clock: clock)
        #expect(try ledger.loadClock() == clock)
        clock.earliest = Fixture.start + .seconds(60)
        try ledger.record(Machine.Changes(), clock: clock)
        #expect(try ledger.loadClock() == clock)
    }

    @Test("a full ledger refuses writes, also in memory", arguments: Storage.allCases)
    func full(storage: Storage) throws {
        var options = LedgerOptions()
        options.maximumBytes = 50 * 4096
        let ledger = try LedgerStore(storage, in: folder).open(options)
        let error = #expect(throws: LedgerError.self) {
            try ledger.record(Machine.Changes(audit: (1...5000).map { Fixture.line($0) }))
        }
        #expect(error?.cause == .full)
        #expect(try ledger.audit().isEmpty)
        try ledger.record(Machine.Changes(audit: [Fixture.line(1)]))
    }

    @Test("a check of the whole ledger finds nothing wrong", arguments: Storage.allCases)
    func verification(storage: Storage) throws {
        let ledger = try LedgerStore(storage, in: folder).open()
        try ledger.record(Machine.Changes(intents: [Fixture.intent(1)]))
        #expect(throws: Never.self) { try ledger.verify() }
    }

    @Test("two ledgers in memory are independent")
    func separateInMemory() throws {
        let one = try Ledger.inMemory()
        try one.record(Machine.Changes(audit: [Fixture.line(1)]))
        #expect(try Ledger.inMemory().audit().isEmpty)
    }
}
