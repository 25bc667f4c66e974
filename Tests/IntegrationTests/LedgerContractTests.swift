import Diagnosis
import Ledger
import Remediation
import Testing
import Time

/// What every ledger promises to the machine: the agent's own, in a file or in memory, and one that
/// agents share through a real etcd.
@Suite("The contract of a ledger")
struct LedgerContractTests {
    private static let start = Timestamp(milliseconds: 1_795_428_000_000)
    private static let kinds = LedgerUnderTest.Kind.allCases

    private static func intent(_ graph: String, attempt: Int = 1) -> Intent {
        let request = RestartRequest(
            graphID: GraphID(graph),
            hangClass: .unresponsive,
            alertname: "GraphUnresponsive",
            reason: "no answer for 15m: \"böse\" \u{1F600}\n",
            activeAt: start
        )
        return Intent(request: request, graphName: graph, attempt: attempt, createdAt: start)
    }

    private static func record(_ graph: String, _ phase: Phase) -> GraphRecord {
        var record = GraphRecord(id: GraphID(graph))
        record.phase = phase
        return record
    }

    private static func changes(
        _ records: [GraphRecord],
        intents: [Intent] = [],
        pauses: [Pause]? = nil
    ) -> Machine.Changes {
        var changes = Machine.Changes()
        changes.records = records
        changes.intents = intents
        changes.pauses = pauses
        return changes
    }

    private static func pause(_ scope: PauseScope) -> Pause {
        Pause(scope: scope, by: "kim", reason: "x", since: start, until: start + .seconds(600))
    }

    @Test("an empty one has nothing", arguments: kinds)
    func empty(kind: LedgerUnderTest.Kind) async throws {
        try await LedgerUnderTest.with(kind) { ledger in
            let found = try await ledger.reopened()
            #expect(found == MachineSnapshot())
        }
    }

    @Test("what was written is found after a start", arguments: kinds)
    func reopening(kind: LedgerUnderTest.Kind) async throws {
        let records = [
            Self.record("a", .intended(Self.intent("a"))),
            Self.record("b", .exhausted(since: Self.start)),
            Self.record("c", .waiting(until: Self.start, cause: "\u{0} é \u{1F600}")),
            Self.record("d", .stalled(Self.intent("d"), since: Self.start, cause: "x")),
            Self.record("e/f", .coolingDown(until: Self.start, attempt: 3, outcome: .verified)),
        ]
        let pauses = [Self.pause(.fleet), Self.pause(.graph(GraphID("a")))]
        try await LedgerUnderTest.with(kind) { ledger in
            try await ledger.write(
                Self.changes(records, intents: [Self.intent("a")], pauses: pauses)
            )
            let expected = MachineSnapshot(records: records, pauses: pauses)
            #expect(try await ledger.reopened() == expected)

            // The same changes again: nobody can tell whether a write without an answer was made.
            try await ledger.write(
                Self.changes(records, intents: [Self.intent("a")], pauses: pauses)
            )
            #expect(try await ledger.reopened() == expected)

            var removal = Self.changes([], pauses: [])
            removal.removed = [GraphID("a"), GraphID("e/f")]
            try await ledger.write(removal)
            let rest = MachineSnapshot(records: Array(records[1...3]), pauses: [])
            #expect(try await ledger.reopened() == rest)
        }
    }

    @Test("decisions are found after a start, with what became of them", arguments: kinds)
    func decisions(kind: LedgerUnderTest.Kind) async throws {
        var record = GraphRecord(id: GraphID("a"))
        record.decisions = DecisionRecord.Course.allCases.map { course in
            DecisionRecord(course, .importing, entry: "prod \"\u{1F600}\"", at: Self.start)
        }
        record.decisions[0].judgement = Judgement(reason: .recoveredAlone, at: Self.start)
        record.decisions[0].incidentIDs = ["a-1"]
        record.decisions[0].isOver = true
        record.decisions[1].label = DecisionLabel(
            isRight: true,
            by: "kim",
            reason: "log",
            at: Self.start
        )
        try await LedgerUnderTest.with(kind) { [record] ledger in
            try await ledger.write(Self.changes([record]))
            #expect(try await ledger.reopened().records == [record])
            var judged = record
            judged.decisions[2].judgement = Judgement(reason: .verified, at: Self.start)
            try await ledger.write(Self.changes([judged]))
            #expect(try await ledger.reopened().records == [judged])
        }
    }

    @Test("a large change is written whole, intents with all that they rest on", arguments: kinds)
    func largeChange(kind: LedgerUnderTest.Kind) async throws {
        let records =
            (1_000..<2_000).map { Self.record("g\($0)", .exhausted(since: Self.start)) }
            + [Self.record("h", .intended(Self.intent("h")))]
        try await LedgerUnderTest.with(kind) { ledger in
            try await ledger.write(Self.changes(records, intents: [Self.intent("h")]))
            #expect(try await ledger.reopened().records == records)
        }
    }

    @Test("a full one refuses with an error, and keeps what it has", arguments: kinds)
    func full(kind: LedgerUnderTest.Kind) async throws {
        let first = Self.record("a", .exhausted(since: Self.start))
        let text = String(repeating: "x", count: 20_000)
        try await LedgerUnderTest.with(kind, isSmall: true) { ledger in
            try await ledger.write(Self.changes([first]))
            try await #require(throws: LedgerError.self) {
                for number in 100..<400 {
                    let phase = Phase.waiting(until: Self.start, cause: text)
                    try await ledger.write(Self.changes([Self.record("b\(number)", phase)]))
                }
            }
            let found = try await ledger.reopened()
            #expect(found.records.first == first)
            #expect(found.records.count > 10)
        }
    }

    /// An agent that is restarted after any step goes on from the same state.
    @Test("each step of two hours of the machine is found after a start", arguments: kinds)
    func wholeIncident(kind: LedgerUnderTest.Kind) async throws {
        try await LedgerUnderTest.with(kind) { ledger in
            var incident = IncidentUnderTest(start: Self.start)
            var phases: Set<String> = []
            for minute in 0..<120 {
                incident.step(minute: minute)
                try await ledger.write(incident.machine.changes)
                incident.machine.changesWereRecorded()
                phases.formUnion(incident.machine.snapshot.records.map(\.phase.label))
                let found = try await ledger.reopened()
                #expect(found == incident.machine.snapshot, "minute \(minute)")
            }
            #expect(phases == ["intended", "waiting"])
        }
    }
}

/// A graph that hangs for two hours, and whose restarts are never sent.
private struct IncidentUnderTest {
    let start: Timestamp
    var machine = Machine()
    private var reports: [Report] = []
    private let graph = GraphID("g")
    private let policy: Policy = {
        var policy = Policy()
        policy.mode = .auto
        policy.evidenceTimeout = .zero
        policy.cooldown = .seconds(60)
        policy.maxAttempts = [WindowLimit(window: .seconds(3600), count: 9)]
        policy.budget = policy.maxAttempts
        return policy
    }()

    init(start: Timestamp) {
        self.start = start
    }

    mutating func step(minute: Int) {
        let now = start + .seconds(minute * 60)
        let long = start - .seconds(9999)
        let seen = GraphView(
            id: graph,
            name: "orders",
            statusCode: "200",
            statusSince: long,
            observedAt: now,
            verdict: .hung(.unresponsive, since: now),
            probe: ProbeView(answered: false, at: now),
            policy: policy
        )
        let request = RestartRequest(
            graphID: graph,
            hangClass: .unresponsive,
            alertname: "GraphUnresponsive",
            reason: "x",
            activeAt: start
        )
        let effects = machine.step(
            requests: [request],
            reports: reports,
            view: FleetView(graphs: [graph: seen], sightSince: long, freshness: .seconds(60)),
            at: now
        )
        reports = effects.compactMap { effect in
            guard case .restart(let intent) = effect else { return nil }
            return .outcome(intentID: intent.id, .notSent(reason: "x"), at: now)
        }
    }
}
