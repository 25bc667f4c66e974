import Diagnosis
import Remediation
import Testing
import Time

/// What an operator may do, and what not even an operator may.
@Suite struct OrderTests {
    private static let soon = Incident.start + .seconds(3600)
    private static let tooLate = Incident.start + .seconds(14 * 86_400 + 31)
    private static let x = GraphID("x")

    private static let invalidOrders: [(Order.Kind, String)] = [
        (.approve(Incident.g), "refused: no approval is pending; the graph is idle"),
        (.reject(Incident.g), "refused: nothing to reject; the graph is idle"),
        (.acknowledge(Incident.g), "refused: nothing to acknowledge; the graph is idle"),
        (.resume(.fleet), "refused: it is not paused"),
        (.pause(.fleet, until: Incident.start), "refused: 2026-11-23T10:00:00Z has passed"),
        (
            .pause(.fleet, until: tooLate),
            "refused: a pause lasts 14d at most; 2026-12-07T10:00:31Z is too late"
        ),
        (
            .pause(.graph(x), until: soon),
            "not found: no graph with the id \"x\" is listed"
        ),
        (
            .pause(.entry("x"), until: soon),
            "not found: no entry of graphs in the configuration is named \"x\"; an entry is paused by"
                + " its key name"
        ),
        (.resume(.graph(x)), "not found: no graph with the id \"x\" is listed"),
        (.restart(x), "not found: no graph with the id \"x\" is listed"),
        (
            .restart(Incident.g, RestartTerms(typedName: "order")),
            "refused: the graph is not named \"order\""
        ),
    ]

    @Test("an invalid order is refused", arguments: invalidOrders)
    func senseless(kind: Order.Kind, text: String) {
        var incident = Incident()
        incident.order(kind)
        #expect(incident.answer == text)
        #expect(incident.machine.snapshot.records.isEmpty)
        #expect(incident.machine.pauses.isEmpty && incident.intents.isEmpty)
    }

    /// What an order has to name to pass a gate that is closed in this way; nil if no order does.
    /// Missing are those that every order passes: they wait for a person, or for an alert of the
    /// right class.
    private static let overrides: [String: Override?] = [
        "unknown_graph": nil, "mode_off": nil, "not_selected": nil, "detect_only": nil,
        "paused": nil, "not_leader": nil, "stale_data": nil, "status_not_eligible": nil,
        "fleet_budget": nil, "storm": nil, "throttled": nil,
        "maintenance": .maintenance, "silenced": .silence, "blocking_alert": .blockingAlert,
        "provider": .provider, "healthy": .diagnosis,
        "startup_grace": .startupGrace,
        "pause_grace": .startupGrace, "state_change_grace": .stateChangeGrace,
        "credential": .credential, "job_list": .jobList,
    ]

    @Test("an ordered restart passes a closed gate only if it names it", arguments: GateCase.all)
    func orderedRestart(row: GateCase) {
        let isForPerson =
            [Gate.approval, .veto, .shadow, .efficacy, .killCost, .jobHistory, .precision]
            .contains(row.gate) || row.label == "class_mismatch"
        let needed = Self.overrides[row.label] ?? nil
        #expect(isForPerson == (Self.overrides[row.label] == nil))
        for named in [nil] + Override.allCases.map(Optional.some) {
            var incident = Incident()
            row.close(&incident)
            incident.step()
            let terms = RestartTerms(overrides: Set([named].compactMap(\.self)))
            incident.step([
                .order(Order(id: "o", .restart(Incident.g, terms), by: "kim", reason: "on call"))
            ])
            let passes = isForPerson || needed != nil && needed == named
            #expect(incident.machine.inFlight.contains(Incident.g) == passes, "\(named as Any)")
            #expect(incident.answers.map(\.outcome) != [.refused])
            if passes {
                #expect(incident.answer == "the restart begins")
            } else if let held = incident.answers.first, held.outcome == .held {
                #expect(held.reasons.map(\.gate) == [row.gate.rawValue])
                #expect(held.reasons.map(\.override) == [needed])
            }
        }
    }

    @Test("an order with all overrides still meets what bounds the damage of everything together")
    func everyOverride() {
        for row in GateCase.all where Self.overrides[row.label] == .some(nil) {
            var incident = Incident()
            row.close(&incident)
            incident.step()
            let terms = RestartTerms(overrides: Set(Override.allCases))
            incident.step([
                .order(Order(id: "o", .restart(Incident.g, terms), by: "kim", reason: "on call"))
            ])
            #expect(!incident.machine.inFlight.contains(Incident.g), "\(row.testDescription)")
        }
    }

    @Test("the class of an ordered restart is derived from the status")
    func hangClass() {
        var incident = Incident()
        incident[Incident.g].statusCode = "205"
        incident.order(.restart(Incident.g))
        #expect(incident.intents.map(\.hangClass) == [.clearing])
        #expect(incident.intents.map(\.source) == [.person("kim")])
    }

    private static let hurried = RestartTerms(overrides: [.cooldown, .stateChangeGrace])

    @Test("an ordered restart that is not sent leaves the cool-down unchanged")
    func withdrawn() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.refused(code: "GES.7016", message: "no"))
        let coolingDown = incident.phase
        incident.setPolicy { $0.evidenceTimeout = .seconds(60) }
        incident.order(.restart(Incident.g, Self.hurried))
        #expect(incident.phase.label == "gathering_evidence")
        incident.status("201")
        incident.cycle()
        #expect(incident.phase == coolingDown)
        incident.status("200")
        incident.order(.restart(Incident.g, Self.hurried), id: "o2")
        incident.order(.reject(Incident.g), id: "o3")
        #expect(incident.phase == coolingDown)
        incident.order(.restart(Incident.g, Self.hurried), id: "o4")
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
        #expect(incident.answer == "held: a restart of it is in progress (gathering_evidence)")
    }

    @Test("an operator may restart a stalled graph by naming it")
    func stalled() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .failed(reason: "x")))
        incident.order(.restart(Incident.g))
        #expect(incident.answers.first?.reasons.map(\.override) == [.stalled])
        incident.order(.restart(Incident.g, RestartTerms(overrides: [.stalled])), id: "o2")
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
        #expect(incident.answer == "refused: the alert has ended")
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

    @Test("an acknowledgement ends a rejection, and the graph is asked about again")
    func acknowledgedRejection() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.step()
        incident.order(.reject(Incident.g))
        #expect(incident.phase.label == "suspended")
        incident.order(.acknowledge(Incident.g), id: "o2")
        #expect(incident.answer == "released")
        #expect(incident.phase.label == "awaiting_approval")
    }

    @Test("an acknowledgement during a restart is refused")
    func acknowledgedRestart() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.restartInVain()
        #expect(incident.next() == .restart)
        incident.report(.accepted(jobID: "r2"))
        incident.order(.acknowledge(Incident.g))
        #expect(incident.answer == "refused: nothing to acknowledge; the graph is restarting")
    }

    @Test("a question is asked again after an hour, and not before")
    func askedAgain() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.step()
        incident.cycle(.seconds(3_599))
        #expect(!incident.text.contains("asking again"))
        incident.cycle(.seconds(1))
        #expect(incident.text.contains("asking again"))
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
        incident.order(.pause(.graph(other), until: incident.now + .seconds(3600)))
        incident.requests = [
            Incident.request(), Incident.request(other, activeFor: .seconds(9999)),
        ]
        incident.cycle()
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        #expect(incident.machine.decisions[other]?.description.contains("by kim: on call") == true)
    }
}
