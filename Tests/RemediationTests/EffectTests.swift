import Diagnosis
import Remediation
import Testing
import Time

@Suite struct EffectTests {
    private static let intent = Intent(
        request: Incident.request(),
        graphName: "orders",
        attempt: 1,
        createdAt: Incident.start
    )

    @Test(
        "restarts and answers wait for the disk, and only questions about a restart are repeated",
        arguments: [
            (.restart(intent), true, false),
            (.answer(orderID: "o1", .done("resumed")), true, false),
            (.collectEvidence(Incident.g, .unresponsive, until: Incident.start), false, false),
            (.followJob(Incident.g, jobID: "j1"), false, true),
            (.searchJobs(intent), false, true),
            (
                .record(AuditEntry(at: Incident.start, graphID: nil, kind: .order, detail: "x")),
                false, false
            ),
        ] as [(Effect, Bool, Bool)]
    )
    func kinds(effect: Effect, waitsForDisk: Bool, isRepeated: Bool) {
        #expect(effect.waitsForDisk == waitsForDisk)
        #expect(effect.isRepeated == isRepeated)
    }

    /// Every stage of a step has an effect in the last cycle of this test.
    @Test("effects are in the order of the stages of a step")
    func stages() {
        var incident = Incident {
            $0.maxConcurrent = 9
            $0.breaker = Breaker(
                soft: Breaker.Threshold(graphs: 9),
                hard: Breaker.Threshold(graphs: 10)
            )
        }
        let (followed, stopped, healed) = (
            GraphID("other-1"), GraphID("other-2"), GraphID("other-3")
        )
        incident.answer(false, from: followed)
        incident.requests = [Incident.request(followed), Incident.request(healed)]
        incident.cycle()
        let id = incident.intents.first?.id ?? ""
        incident.cycle(
            .seconds(30),
            .outcome(intentID: id, .accepted(jobID: "j1"), at: incident.now)
        )
        incident.order(.pause(.graph(healed), until: incident.now + .seconds(60)))
        incident.status("901", of: stopped)
        incident.requests = [Incident.request(followed), Incident.request()]
        incident.order(.resume(.fleet), id: "o2")
        #expect(
            incident.effects.map(\.stage) == [
                "released", "order", "answer", "follow", "external", "intended", "restart",
                "recoveredAlone",
            ]
        )
    }

    @Test("the record of an order precedes all effects of the order")
    func order() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .failed(reason: "x")))
        incident.order(.restart(Incident.g, RestartTerms(overrides: [.stalled])))
        let stages = ["order", "ended", "intended", "restart", "answer"]
        #expect(incident.effects.map(\.stage) == stages)
    }

    @Test("the audit trail has the same lines in the same order as the log")
    func auditTrail() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.now = incident.now + .seconds(30)
        incident.observe()
        let approval = Order(id: "o1", .approve(Incident.g), by: "kim", reason: "on call")
        let effects = incident.machine.step(
            requests: incident.requests,
            reports: [.order(approval)],
            view: incident.view,
            at: incident.now
        )
        #expect(incident.machine.changes.audit == effects.compactMap(\.audit))
        #expect(incident.machine.changes.audit.map(\.kind) == [.order, .intended])
    }
}

extension Effect {
    /// The stage of a step that produces an effect.
    fileprivate var stage: String {
        switch self {
        case .collectEvidence: "evidence"
        case .restart: "restart"
        case .cancelTask: "cancel"
        case .stop: "stop"
        case .start: "start"
        case .followJob: "follow"
        case .searchJobs: "search"
        case .readJobList: "job list"
        case .answer: "answer"
        case .record(let entry): entry.kind.rawValue
        }
    }
}
