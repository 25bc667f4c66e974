import Diagnosis
import Remediation
import Testing

/// What an operator may do, and what not even an operator may.
@Suite struct OrderTests {
    private func answer(_ incident: Incident) -> String? {
        for case .answer(_, let answer) in incident.effects { return "\(answer)" }
        return nil
    }

    @Test(
        "an invalid order is refused",
        arguments: [
            (.approve(Incident.g), "refused: no approval is pending; the graph is idle"),
            (.reject(Incident.g), "refused: nothing to reject; the graph is idle"),
            (.acknowledge(Incident.g), "refused: nothing to acknowledge; the graph is idle"),
            (.resume(.fleet), "refused: it is not paused"),
            (
                .pause(.fleet, until: Incident.start),
                "refused: 2026-11-23T10:00:00Z has passed"
            ),
            (.pause(.graph(GraphID("x")), until: nil), "held: the agent has never seen this graph"),
            (.restart(GraphID("x")), "held: the agent has never seen this graph"),
        ] as [(Order.Kind, String)]
    )
    func senseless(kind: Order.Kind, text: String) {
        var incident = Incident()
        incident.order(kind)
        #expect(answer(incident) == text)
        #expect(incident.machine.snapshot == MachineSnapshot())
    }

    @Test(
        "an ordered restart bypasses only the gates that doubt the diagnosis",
        arguments: GateCase.all
    )
    func orderedRestart(row: GateCase) {
        var incident = Incident()
        row.close(&incident)
        incident.step([
            .order(Order(id: "o", .restart(Incident.g), by: "kim", reason: "on call"))
        ])
        let isDoubt: Bool =
            switch row.gate {
            case .mode, .selection, .credential, .maintenance, .silence, .startupGrace, .jobList,
                .stateChangeGrace, .breaker, .efficacy, .approval, .veto, .shadow:
                true
            case .diagnosis: ["class_mismatch", "healthy"].contains(row.label)
            default: false
            }
        #expect(incident.machine.inFlight == (isDoubt ? [Incident.g] : []))
        #expect(
            answer(incident)
                == (isDoubt ? "the restart begins" : "held: \(row.sentence)")
        )
    }

    @Test("the class of an ordered restart is derived from the status")
    func hangClass() {
        var incident = Incident()
        incident[Incident.g].statusCode = "205"
        incident.order(.restart(Incident.g))
        #expect(incident.intents.map(\.hangClass) == [.clearing])
        #expect(incident.intents.map(\.source) == [.person("kim")])
    }

    @Test("an ordered restart that is not sent leaves the cool-down unchanged")
    func withdrawn() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.refused(code: "GES.7016", message: "no"))
        let coolingDown = incident.phase
        incident.setPolicy { $0.evidenceTimeout = .seconds(60) }
        incident.order(.restart(Incident.g))
        #expect(incident.phase.label == "gathering_evidence")
        incident.status("201")
        incident.cycle()
        #expect(incident.phase == coolingDown)
        incident.status("200")
        incident.order(.restart(Incident.g), id: "o2")
        incident.order(.reject(Incident.g), id: "o3")
        #expect(incident.phase == coolingDown)
        incident.order(.restart(Incident.g), id: "o4")
        incident.restartAgent(after: .seconds(10))
        #expect(incident.phase == coolingDown)
    }

    @Test("an ordered restart needs no alert")
    func withoutAlert() {
        var incident = Incident { $0.evidenceTimeout = .seconds(60) }
        incident.order(.restart(Incident.g))
        incident.cycle(.seconds(60))
        #expect(incident.intents.count == 1)
    }

    @Test("a restart in progress cannot be ordered again")
    func orderedTwice() {
        var incident = Incident { $0.evidenceTimeout = .seconds(60) }
        incident.order(.restart(Incident.g))
        incident.order(.restart(Incident.g), id: "o2")
        #expect(answer(incident) == "held: a restart of it is in progress (gathering_evidence)")
    }

    @Test("an operator may restart a stalled graph")
    func stalled() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .failed(reason: "x")))
        incident.order(.restart(Incident.g))
        #expect(incident.intents.map(\.attempt) == [2])
        let attempts = incident.machine.record(of: Incident.g).attempts
        #expect(attempts.map { $0.ending?.outcome } == [.stalled, nil])
    }

    @Test("an approval whose alert has ended is refused")
    func lateApproval() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.requests = []
        incident.order(.approve(Incident.g))
        #expect(answer(incident) == "refused: the alert has ended")
        #expect(incident.intents.isEmpty)
    }

    @Test("an approval request is withdrawn when the mode becomes off")
    func withdrawnQuestion() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.setPolicy { $0.mode = .off }
        incident.cycle()
        #expect(incident.machine.approvalsPending == 0)
    }

    @Test("a rejection holds for a day")
    func rejection() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.order(.reject(Incident.g))
        incident.cycle(.seconds(86_399))
        #expect(incident.labels == ["suspended", "approval_pending"])
        incident.cycle(.seconds(1))
        #expect(incident.labels == ["approval_pending"])
    }

    @Test("of two contradictory orders the safer one wins")
    func contraryOrders() {
        for reversed in [false, true] {
            var incident = Incident(mode: .approve)
            incident.requests = [Incident.request()]
            incident.cycle()
            let orders: [Report] = [
                .order(Order(id: "a", .approve(Incident.g), by: "kim", reason: "go")),
                .order(Order(id: "b", .reject(Incident.g), by: "lee", reason: "no")),
            ]
            incident.step(reversed ? orders.reversed() : orders)
            #expect(incident.intents.isEmpty)
            #expect(incident.phase.label == "suspended")
        }
    }

    @Test("a pause of one graph does not affect others")
    func pause() {
        var incident = Incident()
        let other = GraphID("other-1")
        incident.answer(false, from: other)
        incident.order(.pause(.graph(other), until: nil))
        incident.requests = [
            Incident.request(), Incident.request(other, activeFor: .seconds(9999)),
        ]
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        #expect(incident.machine.decisions[other]?.description.contains("paused by kim") == true)
    }
}
