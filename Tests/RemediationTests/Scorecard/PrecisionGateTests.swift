import Diagnosis
import Testing
import Time

@testable import Remediation

extension Incident {
    /// Decisions about other graphs of the entry, which were right and wrong.
    mutating func remember(right: Int, wrong: Int, _ hangClass: HangClass = .unresponsive) {
        let reasons =
            Array(repeating: Judgement.Reason.verified, count: right)
            + Array(repeating: .recoveredAlone, count: wrong)
        for (index, reason) in reasons.enumerated() {
            let id = GraphID("other-\(index % 19 + 1)")
            var decision = DecisionRecord(
                .sent,
                hangClass,
                entry: "prod",
                at: now - .seconds(86_400)
            )
            decision.judgement = Judgement(reason: reason, at: decision.at)
            decision.isOver = true
            machine.update(id) { $0.append(decision) }
        }
    }

    mutating func require(_ precision: Double, of decisions: Int) {
        self[Self.g].entry = "prod"
        setPolicy { $0.requirement = Requirement(precision: precision, decisions: decisions) }
    }
}

@Suite("Mode auto tied to the scorecard")
struct PrecisionGateTests {
    private static func incident(
        _ mode: Mode = .auto,
        right: Int,
        wrong: Int,
        precision: Double = 0.9,
        of decisions: Int = 10
    ) -> Incident {
        var incident = Incident(mode: mode)
        incident.require(precision, of: decisions)
        incident.remember(right: right, wrong: wrong)
        incident.requests = [Incident.request()]
        return incident
    }

    @Test(
        "asks below the number of decisions or below the precision, and acts from there on",
        arguments: [
            (0, 0, true), (9, 0, true), (10, 0, false), (9, 1, false), (8, 2, true),
            (18, 2, false), (17, 3, true), (0, 10, true),
        ]
    )
    func boundary(right: Int, wrong: Int, asks: Bool) {
        var incident = Self.incident(right: right, wrong: wrong)
        incident.cycle()
        #expect(incident.phase.label == (asks ? "awaiting_approval" : "intended"))
        #expect(incident.labels == (asks ? ["precision"] : []))
    }

    @Test("decisions of another kind of hang or another entry do not count")
    func others() {
        var incident = Incident()
        incident.require(0.9, of: 10)
        incident.remember(right: 50, wrong: 0, .importing)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["precision"])
        incident = Self.incident(right: 50, wrong: 0)
        incident[Incident.g].entry = "other"
        incident.cycle()
        #expect(incident.labels == ["precision"])
    }

    @Test("an approval and an order pass")
    func persons() {
        var incident = Self.incident(right: 0, wrong: 0)
        incident.cycle()
        incident.order(.approve(Incident.g))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        incident = Self.incident(right: 0, wrong: 0)
        incident.order(.restart(Incident.g))
        #expect(incident.intents.map(\.source) == [.person("kim")])
    }

    @Test("a label closes the gate and opens it")
    func labels() {
        var incident = Self.incident(right: 9, wrong: 1)
        incident.machine.update(GraphID("other-1")) {
            $0.decisions[0].incidentIDs = ["other-1-1"]
        }
        incident.requests = []
        incident.order(.label(incidentID: "other-1-1", isRight: false))
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.labels == ["precision"])
        incident.order(.label(incidentID: "other-1-1", isRight: true), id: "o2")
        #expect(incident.phase.label == "awaiting_approval", "an open question stays open")
        incident.recover()
        incident.cycle()
        incident.remember(right: 10, wrong: 0)
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.phase.label == "intended")
    }

    @Test("a question that was asked waits for its answer, whatever becomes of other graphs")
    func question() {
        var incident = Self.incident(right: 9, wrong: 0)
        incident.cycle()
        #expect(incident.phase.label == "awaiting_approval")
        incident.remember(right: 20, wrong: 0)
        for _ in 1...5 {
            incident.cycle(.seconds(1800))
            #expect(incident.intents.isEmpty && incident.labels == ["precision"])
        }
        let hold = incident.decision.holdReasons.first?.description ?? ""
        #expect(hold.hasPrefix("a person was asked and has to answer: 29 of 29"), "\(hold)")
        incident.step(.unknown(.path, "not proved"))
        #expect(incident.phase.label == "awaiting_approval", "a hold withdraws no question")
        incident.cycle()
        #expect(incident.intents.isEmpty)
        incident.restartAgent(after: .seconds(60))
        incident.view.sightSince = Incident.start - .seconds(86_400)
        incident.cycle()
        #expect(incident.intents.isEmpty)
        incident.order(.approve(Incident.g))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }

    @Test("a question for a reason that has passed needs no answer", arguments: [true, false])
    func passedReason(isPrecise: Bool) {
        var incident = Self.incident(.approve, right: isPrecise ? 20 : 0, wrong: 0)
        incident.cycle()
        #expect(incident.phase.label == "awaiting_approval")
        incident.setPolicy { $0.mode = .auto }
        incident.cycle()
        #expect(incident.phase.label == (isPrecise ? "intended" : "awaiting_approval"))

        incident = Incident()
        incident.require(0.9, of: 10)
        incident.remember(right: isPrecise ? 20 : 0, wrong: 0, .importing)
        let usual = incident[Incident.g].endedJobs
        incident[Incident.g].endedJobs = [:]
        incident.status(HangClass.importing.expectedStatusCode)
        incident.requests = [Incident.request(Incident.g, .importing)]
        incident[Incident.g].statusSince = Incident.start - .seconds(86_400)
        incident.cycle()
        #expect(incident.labels == (isPrecise ? ["job_history"] : ["job_history", "precision"]))
        incident[Incident.g].endedJobs = usual
        incident.cycle()
        #expect(incident.phase.label == (isPrecise ? "intended" : "awaiting_approval"))
    }

    @Test("in mode shadow it says what auto would do, and approve asks anyway")
    func modes() throws {
        func sentence(_ mode: Mode) -> String? {
            var incident = Self.incident(mode, right: 1, wrong: 1)
            incident.cycle()
            let gates = incident.machine.explain(Incident.g, in: incident.view, at: incident.now)
                .gates
            return gates.first { $0.gate == .precision }?.sentence
        }
        #expect(
            sentence(.shadow)
                == "mode auto would ask a person: 1 of 2 unresponsive decisions for entry \"prod\""
                + " were right, 50 % (at least 9.4 % with 95 % confidence); auto needs 10 judged"
                + " ones and 90 %"
        )
        #expect(sentence(.approve) == nil)
        var shadow = Self.incident(.shadow, right: 0, wrong: 0)
        shadow.cycle()
        #expect(shadow.decision.label == "shadow")
    }

    /// Every combination of a closed gate and a history: what is held without a requirement is held
    /// with it, and what is sent with it is sent without it.
    @Test("a requirement never opens a gate", arguments: GateCase.all)
    func onlyCloses(row: GateCase) {
        for (right, wrong) in [(0, 0), (20, 0), (10, 10), (0, 20)] {
            var plain = Incident()
            row.close(&plain)
            plain.remember(right: right, wrong: wrong)
            var tied = plain
            tied.require(0.9, of: 10)
            plain[Incident.g].entry = "prod"
            plain.step()
            tied.step()
            let (before, after) = (Set(plain.labels), Set(tied.labels))
            #expect(before.isSubset(of: after), "\(row.testDescription): \(before) \(after)")
            #expect(after.subtracting(before).isSubset(of: ["precision"]))
            #expect(tied.intents.isEmpty || !plain.intents.isEmpty)
        }
    }
}
