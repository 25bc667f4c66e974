import Diagnosis
import Foundation
import Remediation
import Testing
import Time

/// The state that survives a restart of the agent.
@Suite struct SnapshotTests {
    private static let intent = Intent(
        request: Incident.request(),
        graphName: "orders",
        attempt: 3,
        createdAt: Incident.start
    )

    private static let phases: [Phase] = [
        .idle,
        .awaitingApproval(since: Incident.start, expiresAt: Incident.start + .seconds(1)),
        .countingDown(since: Incident.start, until: Incident.start + .seconds(1)),
        .gatheringEvidence(
            Phase.Gathering(
                request: Incident.request(),
                agreement: .ordered(by: "kim", overriding: [.attempts, .diagnosis]),
                until: Incident.start,
                previous: .exhausted(since: Incident.start),
                isComplete: true
            )
        ),
        .intended(intent),
        .unknownOutcome(intent, since: Incident.start, until: Incident.start + .seconds(1)),
        .restarting(
            Phase.Restarting(
                intent: intent,
                jobID: "j",
                job: .failed(reason: "x"),
                since: Incident.start,
                deadline: Incident.start,
                sawTransition: true
            )
        ),
        .verifying(
            Phase.Verifying(
                intent: intent,
                wasStalled: true,
                since: Incident.start,
                deadline: Incident.start + .seconds(1)
            )
        ),
        .coolingDown(until: Incident.start, attempt: 3, outcome: .verified),
        .waiting(until: Incident.start, cause: "x"),
        .exhausted(since: Incident.start),
        .stalled(intent, since: Incident.start, cause: "x"),
        .suspended(until: Incident.start, by: "kim", reason: "x"),
        .externalAction(since: Incident.start, notBefore: nil),
        .externalAction(since: Incident.start, notBefore: Incident.start),
    ]

    private func coded(_ snapshot: MachineSnapshot) throws -> MachineSnapshot {
        try JSONDecoder().decode(MachineSnapshot.self, from: JSONEncoder().encode(snapshot))
    }

    @Test("every phase survives", arguments: phases)
    func survival(of phase: Phase) throws {
        var record = GraphRecord(id: Incident.g)
        record.phase = phase
        record.attemptCount = 3
        var attempt = Attempt(of: Self.intent)
        attempt.postOutcome = "accepted"
        record.attempts = [attempt]
        record.acknowledgedAt = Incident.start
        record.clearedAt = Incident.start
        let pauses: [Pause] = [
            Pause(
                scope: .fleet,
                by: "kim",
                reason: "x",
                since: Incident.start,
                until: Incident.start + .seconds(1)
            ),
            Pause(
                scope: .entry("#2"),
                by: "kim",
                reason: "x",
                since: Incident.start,
                until: Incident.start
            ),
            Pause(
                scope: .graph(Incident.g),
                by: "kim",
                reason: "x",
                since: Incident.start,
                until: Incident.start
            ),
        ]
        let snapshot = MachineSnapshot(records: [record], pauses: pauses)
        #expect(try coded(snapshot) == snapshot)
    }

    @Test("a record is compact")
    func compact() throws {
        var record = GraphRecord(id: Incident.g)
        record.phase = .coolingDown(until: Incident.start, attempt: 3, outcome: .verified)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(record), as: UTF8.self)
        #expect(
            text == """
                {"attemptCount":0,"attempts":[],"id":"g","phase":{"attempt":3,"outcome":"verified",\
                "phase":"cooling_down","until":1795428000000},"unsentInARow":0}
                """
        )
    }

    @Test("a snapshot of a newer version is refused")
    func newerVersion() {
        let text = #"{"schemaVersion": 3, "records": [], "pauses": []}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(MachineSnapshot.self, from: Data(text.utf8))
        }
        #expect("\(error.debugDescription)".contains("written by a newer version (schema 3"))
    }

    @Test("an unknown phase is refused")
    func unknownPhase() {
        let text = #"{"phase": "dreaming"}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Phase.self, from: Data(text.utf8))
        }
        #expect("\(error.debugDescription)".contains("unknown phase \"dreaming\""))
    }

    @Test("changes add up until they are recorded")
    func addingUp() {
        var machine = Machine()
        var incident = Incident()
        incident.requests = [Incident.request()]
        let view = incident.view.judged(at: incident.now)
        _ = machine.step(
            requests: incident.requests,
            reports: [],
            view: view,
            at: incident.now
        )
        let id = machine.changes.intents.first?.id ?? ""
        #expect(machine.changes.records.map(\.phase.label) == ["intended"])
        _ = machine.step(
            requests: [],
            reports: [
                .outcome(
                    intentID: id,
                    .notSent(reason: "the ledger is full"),
                    at: incident.now
                )
            ],
            view: incident.view,
            at: incident.now + .seconds(1)
        )
        let changes = machine.changes
        #expect(changes.intents.map(\.id) == [id])
        #expect(changes.outcomes.map(\.intentID) == [id])
        #expect(changes.endings.map(\.outcome) == [.notSent])
        #expect(changes.records.map(\.phase.label) == ["waiting"])
        #expect(changes.audit.map(\.kind) == [.intended, .outcome, .ended])
        machine.changesWereRecorded()
        #expect(machine.changes.isEmpty)
    }

    @Test("a step that changes nothing leaves nothing to write")
    func noChanges() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        _ = incident.machine.step(
            requests: incident.requests,
            reports: [],
            view: incident.view,
            at: incident.now
        )
        #expect(incident.machine.changes.isEmpty)
    }

    @Test("a restored intent is recorded as unknown and never sent again")
    func restoredIntent() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        let id = incident.phase.intent?.id
        var machine = Machine(restoring: incident.machine.snapshot, at: incident.now)
        #expect(machine.changes.outcomes.map(\.intentID) == [id])
        #expect(machine.changes.outcomes.map(\.outcome.label) == ["unknown"])
        for _ in 1...100 {
            incident.now = incident.now + .seconds(10)
            incident.observe()
            let effects = machine.step(
                requests: incident.requests,
                reports: [],
                view: incident.view,
                at: incident.now
            )
            #expect(effects.compactMap(\.intent).isEmpty)
        }
    }

    @Test("after a start the agent observes before it decides")
    func firstLook() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.restartAgent(after: .seconds(7 * 86_400))
        incident.cycle()
        #expect(incident.phase.label == "unknown_outcome")
        incident.cycle(.seconds(300))
        #expect(incident.phase.label == "cooling_down")
    }

    @Test("a restart whose deadline passed meanwhile is checked first")
    func passedDeadline() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.restartAgent(after: .seconds(86_400))
        incident.cycle()
        #expect(incident.effects == [.followJob(Incident.g, jobID: "j1")])
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .succeeded))
        #expect(incident.phase.label == "verifying")
        incident.restartAgent(after: .seconds(86_400))
        incident.cycle()
        #expect(incident.phase.label == "verifying")
        incident.cycle(.seconds(20 * 60))
        #expect(incident.phase.label == "cooling_down")
    }

    @Test("the record of a deleted graph is kept for a month")
    func goneGraph() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.refused(code: "GES.7054", message: "deleted"))
        incident.requests = []
        incident.view.graphs[Incident.g] = nil
        incident.cycle()
        incident.cycle(.seconds(30 * 86_400 - 1))
        #expect(incident.machine.snapshot.records.map(\.id) == [Incident.g])
        incident.now = incident.now + .seconds(1)
        _ = incident.machine.step(requests: [], reports: [], view: incident.view, at: incident.now)
        #expect(incident.machine.changes.removed == [Incident.g])
        #expect(incident.machine.snapshot.records.isEmpty)
    }

    @Test("a graph that is merely missing from a listing is not deleted")
    func outOfSight() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.refused(code: "GES.7054", message: "deleted"))
        incident.requests = []
        incident.view.graphs = [:]
        incident.view.sightSince = nil
        incident.cycle()
        incident.cycle(.seconds(31 * 86_400))
        #expect(incident.machine.snapshot.records.map(\.missingSince) == [nil])
    }

    @Test("a stop by someone else does not shorten a cool-down")
    func externalStop() {
        var incident = Incident { $0.maxAttempts[0].count = 9 }
        incident.requests = [Incident.request()]
        for _ in 1...2 {
            incident.fail()
            if incident.machine.record(of: Incident.g).attemptCount == 1 {
                incident.cycle(.seconds(3600))
            }
        }
        let due = incident.now + .seconds(7200)
        incident.status("901")
        incident.cycle()
        incident.status("200")
        incident.cycle()
        #expect(
            incident.phase
                == .waiting(until: due, cause: "someone else stopped or started it")
        )
    }

    @Test("of two classes the one that matches the status is used")
    func fittingClass() {
        var incident = Incident()
        incident[Incident.g].statusCode = "202"
        incident.requests = [
            Incident.request(activeFor: .seconds(9999)),
            Incident.request(Incident.g, .importing),
        ]
        incident.cycle()
        #expect(incident.intents.map(\.hangClass) == [.importing])
    }
}
