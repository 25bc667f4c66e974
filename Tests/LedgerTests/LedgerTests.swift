import Foundation
import Ledger
import Remediation
import Testing
import Time

@Suite struct LedgerTests {
    private let folder = TemporaryFolder()

    @Test func whatWasRecordedIsThereAfterReopening() throws {
        let intent = Fixture.intent(1)
        let records = [
            Fixture.record(GraphID("a"), .intended(Fixture.intent(1, GraphID("a")))),
            Fixture.record(GraphID("b"), .exhausted(since: Fixture.start)),
        ]
        let pauses = [
            Pause(scope: .fleet, by: "kim", reason: "x", since: Fixture.start, until: nil),
            Pause(
                scope: .graph(Fixture.g),
                by: "lee",
                reason: "y",
                since: Fixture.start,
                until: Fixture.start
            ),
        ]
        do {
            let ledger = try Ledger(folder: folder.path)
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
        let ledger = try Ledger(folder: folder.path)
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

    @Test func everyOutcomeSurvives() throws {
        let outcomes: [RestartOutcome] = [
            .accepted(jobID: "j"), .accepted(jobID: nil),
            .refused(code: "GES.7016", message: "no"),
            .unauthorised(code: "APIGW.0301", message: "no"),
            .throttled(retryAfter: .seconds(90)), .throttled(retryAfter: nil),
            .notSent(reason: "x"), .unknown(reason: "y"),
        ]
        let intents = outcomes.indices.map { Fixture.intent(1, GraphID("g\($0)")) }
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(
            Machine.Changes(
                intents: intents,
                outcomes: zip(intents, outcomes).map { Fixture.outcome($0, $1) }
            )
        )
        let found = try ledger.history().sorted { $0.intent.graphID < $1.intent.graphID }
        #expect(found.map(\.outcome?.outcome) == outcomes)
    }

    @Test func everyKindOfAuditLineSurvives() throws {
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
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(audit: entries))
        #expect(try ledger.audit().map(\.entry) == entries.reversed())
    }

    @Test func aWholeIncidentOfTheMachineIsAcceptedStepByStep() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func changesThatAddedUpAreWrittenInTheOrderInWhichTheyHappened() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func writingTheSameAgainChangesNothing() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func aRemovedGraphLeavesOnlyItsAuditTrail() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func historyAndAuditAreBoundedAndCanBeTurnedPageByPage() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func alertStatesAreKeptAsTheyAre() throws {
        let states = ["a": Array(#"{"x": 1}"#.utf8), "b\u{1f}ü": Array("[]".utf8)]
        do {
            let ledger = try Ledger(folder: folder.path)
            try ledger.record(Machine.Changes(), alertStates: states)
            try ledger.record(Machine.Changes(), alertStates: states)
        }
        do {
            let ledger = try Ledger(folder: folder.path)
            #expect(try ledger.loadAlertStates() == states)
            try ledger.record(Machine.Changes(), alertStates: ["a": Array("2".utf8)])
        }
        let ledger = try Ledger(folder: folder.path)
        #expect(try ledger.loadAlertStates() == ["a": Array("2".utf8)])
    }

    @Test func pruningForgetsOnlyWhatIsOldAndOver() throws {
        let ledger = try Ledger(folder: folder.path)
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

    @Test func pruningGivesSpaceBack() throws {
        let ledger = try Ledger(folder: folder.path)
        let empty = try ledger.sizeBytes()
        try ledger.record(Machine.Changes(audit: (1...3000).map { Fixture.line($0) }))
        let full = try ledger.sizeBytes()
        #expect(full > empty + 200_000)
        try ledger.prune(before: .distantFuture)
        #expect(try ledger.sizeBytes() < empty + 50_000)
    }

    @Test func aBackUpIsAWholeLedger() throws {
        let ledger = try Ledger(folder: folder.path)
        try ledger.record(Machine.Changes(records: [Fixture.record(Fixture.g, .idle)]))
        let copy = TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: copy.path,
            withIntermediateDirectories: true
        )
        try ledger.backUp(to: copy.file)
        let other = try Ledger(folder: copy.path)
        #expect(try other.load() == ledger.load())
    }

    @Test func receivedAlertsAreKeptByFingerprintAndStart() throws {
        let ledger = try Ledger(folder: folder.path)
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
        let copy = try folder.copyAsAfterACrash()
        let crashed = try Ledger(folder: copy.path)
        #expect(Set(try crashed.loadReceivedAlerts()) == [row("a", 1, "[1]"), row("b", -1, "{}")])
    }
}
