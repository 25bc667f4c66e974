import Diagnosis
import Remediation
import Testing
import Time

/// One row for each way in which a gate closes; all other gates are open.
struct GateCase: Sendable, CustomTestStringConvertible {
    let gate: Gate
    let label: String
    let sentence: String
    let close: @Sendable (inout Incident) -> Void

    init(
        _ gate: Gate,
        _ label: String,
        _ sentence: String,
        _ close: @escaping @Sendable (inout Incident) -> Void
    ) {
        self.gate = gate
        self.label = label
        self.sentence = sentence
        self.close = close
    }

    var testDescription: String { "\(gate.rawValue): \(sentence)" }

    static let all = configuration + evidence + fleet + people

    static let configuration = [
        GateCase(.known, "unknown_graph", "the agent has never seen this graph") {
            $0.view.graphs[Incident.g] = nil
        },
        GateCase(.mode, "mode_off", "mode is off") { $0.setPolicy { $0.mode = .off } },
        GateCase(.selection, "not_selected", "no entry of graphs in the configuration matches it") {
            $0[Incident.g].policy = nil
        },
        GateCase(
            .detectOnly,
            "detect_only",
            "the agent is detect-only: the ledger is full"
        ) { $0.view.detectOnly = "the ledger is full" },
        GateCase(
            .pause,
            "paused",
            "the whole fleet is paused until 2026-11-23T11:00:00Z by kim: upgrade"
        ) {
            $0.pause(.fleet, "upgrade")
        },
        GateCase(
            .pause,
            "paused",
            "this graph is paused until 2026-11-23T11:00:00Z by kim: import"
        ) { $0.pause(.graph(Incident.g), "import") },
        GateCase(
            .pause,
            "paused",
            "entry \"prod\" is paused until 2026-11-23T11:00:00Z by kim: import"
        ) { $0.pause(.entry("prod"), "import") },
        GateCase(.pause, "pause_grace", "observing until 2026-11-23T10:20:00Z, after a pause") {
            $0.pause(.fleet, "upgrade")
            $0.resume(.fleet)
        },
        GateCase(
            .maintenance,
            "maintenance",
            "maintenance window \"nightly\" is open until 2026-11-24T02:00:00Z"
        ) {
            let ends = Timestamp(rfc3339: "2026-11-24T02:00:00Z")
            $0.view.externalHolds = [
                .maintenance(window: "nightly", ends: ends, observe: .seconds(300))
            ]
        },
        GateCase(
            .maintenance,
            "maintenance",
            "maintenance window \"always\" is open and does not close within a year"
        ) {
            $0[Incident.g].externalHolds = [
                .maintenance(window: "always", ends: nil, observe: .zero)
            ]
        },
        GateCase(
            .maintenance,
            "maintenance",
            "maintenance window \"nightly\" closed at 2026-11-23T09:59:00Z; observing until"
                + " 2026-11-23T10:04:00Z"
        ) {
            let at = Timestamp(rfc3339: "2026-11-23T09:59:00Z") ?? .distantPast
            $0[Incident.g].externalHolds = [
                .maintenanceEnded(window: "nightly", at: at, until: at + .seconds(300))
            ]
        },
        GateCase(.silence, "silenced", "silenced by silence 7") {
            $0[Incident.g].externalHolds = [.silenced(by: "silence 7", ends: nil)]
        },
        GateCase(
            .blockingAlert,
            "blocking_alert",
            "blocked by the alert BackupRunning, since 2026-11-23T10:00:00Z"
        ) {
            $0[Incident.g].externalHolds = [.blocked(by: "BackupRunning", since: $0.now)]
        },
        GateCase(.blockingAlert, "blocking_alert", "blocked by the alert X, not evaluated yet") {
            $0.view.externalHolds = [.blocked(by: "X, not evaluated yet", since: nil)]
        },
        GateCase(
            .provider,
            "provider",
            "the cloud is in trouble since 2026-11-23T10:00:00Z: of the last 40 requests it failed "
                + "7 (5xx) and turned away 3 (429)"
        ) {
            $0.view.externalHolds = [
                .providerIncident(
                    ProviderIncident(failed: 7, throttled: 3, requests: 40, since: $0.now)
                )
            ]
        },
        GateCase(.leadership, "not_leader", "another agent is the leader: b") {
            $0.view.externalHolds = [.notLeader(leader: "b")]
        },
        GateCase(.shadow, "shadow", "mode is shadow: decided and recorded, but not sent") {
            $0.setPolicy { $0.mode = .shadow }
        },
    ]

    static let evidence = [
        GateCase(
            .diagnosis,
            "stale_data",
            "no hang is proved; unknown: the agent does not see it"
        ) { $0.view.sightSince = nil },
        GateCase(
            .diagnosis,
            "status_not_eligible",
            "no hang is proved; not eligible: no restart is documented for status 201"
        ) { $0[Incident.g].statusCode = "201" },
        GateCase(
            .diagnosis,
            "class_mismatch",
            "the alert says unresponsive, which goes with status 200, but "
                + "its status is 202"
        ) { $0[Incident.g].statusCode = "202" },
        GateCase(.diagnosis, "healthy", "no hang is proved; healthy: it answers") {
            $0.answer(true)
        },
        GateCase(
            .startupGrace,
            "startup_grace",
            "observing until 2026-11-23T10:19:59Z, after a start or a loss of sight"
        ) { $0.view.sightSince = $0.now - .seconds(1) },
        GateCase(
            .stateChangeGrace,
            "state_change_grace",
            "its status changed to 200 recently; left alone until 2026-11-23T10:14:59Z"
        ) { $0[Incident.g].statusSince = $0.now - .seconds(1) },
    ]

    static let people = [
        GateCase(
            .approval,
            "approval_pending",
            "a person must approve it; asked at 2026-11-23T10:00:00Z"
        ) {
            $0.setPolicy { $0.mode = .approve }
        },
        GateCase(.veto, "veto_period", "announced; may be vetoed until 2026-11-23T10:05:00Z") {
            $0.setPolicy { $0.veto = [.unresponsive: .seconds(300)] }
        },
    ]
}

@Suite struct GateTests {
    @Test("a single closed gate holds the restart and gives its reason", arguments: GateCase.all)
    func closed(row: GateCase) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        row.close(&incident)
        incident.step()
        #expect(incident.intents.isEmpty)
        if case .shadow = incident.decision {
            #expect(row.gate == .shadow)
        } else {
            #expect(incident.labels == [row.label])
            #expect(incident.decision.description == "held: \(row.sentence)")
        }
        let gates = incident.machine.explain(Incident.g, in: incident.view, at: incident.now).gates
        let closed = gates.filter { !$0.isOpen }
        #expect(closed.map(\.gate) == [row.gate])
        #expect(closed.map(\.sentence) == [row.sentence])
    }

    @Test("every gate has a row, except those about the history of a graph")
    func coverage() {
        let covered = Set(GateCase.all.map(\.gate))
        #expect(Set(Gate.allCases).subtracting(covered) == [.phase, .ladder, .attempts])
    }

    @Test("with every gate open the restart is decided")
    func open() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.step()
        #expect(incident.intents.map(\.graphID) == [Incident.g])
        #expect(incident.labels.isEmpty)
    }

    @Test("each class fits one status only", arguments: HangClass.allCases)
    func classes(hangClass: HangClass) {
        for code in ["100", "200", "201", "202", "204", "205", "210", "300", "900", "901", "", "x"]
        {
            var incident = Incident()
            incident[Incident.g].statusCode = code
            incident.requests = [Incident.request(Incident.g, hangClass)]
            incident.step()
            #expect(incident.intents.count == (code == hangClass.expectedStatusCode ? 1 : 0))
        }
    }

    @Test("all closed gates are named, in evaluation order")
    func evaluationOrder() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.view.detectOnly = "the clock jumped"
        incident.view.sightSince = incident.now
        incident.sicken(3)
        incident[Incident.g].statusSince = incident.now
        incident.answer(true)
        incident.step()
        #expect(
            incident.labels == [
                "detect_only", "healthy", "startup_grace", "state_change_grace", "storm",
                "approval_pending",
            ]
        )
    }

    @Test("a grace ends to the millisecond")
    func graceEnd() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.view.sightSince = incident.now
        incident.cycle(.milliseconds(20 * 60 * 1000 - 1))
        #expect(incident.labels == ["startup_grace"])
        incident.cycle(.milliseconds(1))
        #expect(incident.intents.count == 1)
    }

    /// A missing route of the agent's own may keep the probes from arriving.
    @Test("a graph that no probe has ever reached does not count as hung")
    func neverReached() {
        var incident = Incident()
        incident[Incident.g].probe = nil
        incident.requests = [Incident.request()]
        incident.step()
        #expect(incident.intents.isEmpty)
        #expect(incident.labels == ["starting"])
    }

    @Test("a busy graph may answer and still hang")
    func busy() {
        var incident = Incident()
        incident[Incident.g].statusCode = "202"
        incident.answer(true)
        incident.requests = [Incident.request(Incident.g, .importing)]
        incident.step()
        #expect(incident.intents.map(\.hangClass) == [.importing])
    }

    @Test("a soft storm requires approval by an operator")
    func softStorm() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.sicken(2)
        incident.step()
        #expect(incident.labels == ["storm", "approval_pending"])
        #expect(incident.machine.approvalsPending == 1)
        incident.order(.approve(Incident.g))
        #expect(incident.intents.count == 1)
    }

    @Test("graphs with a request and graphs being restarted count as unhealthy")
    func sick() {
        var incident = Incident { $0.maxConcurrent = 9 }
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        let others = [GraphID("other-1"), GraphID("other-2")]
        for id in others { incident.answer(false, from: id) }
        incident.requests = others.map { Incident.request($0) }
        incident.cycle()
        #expect(incident.machine.stormLevel(under: Policy()) == .soft)
        #expect(
            incident.machine.decisions[others[0]]?.description.contains("a storm of 3 sick") == true
        )
    }

    @Test("the label of every reason is listed")
    func labels() {
        for row in GateCase.all {
            #expect(HoldReason.labels.contains(row.label))
        }
        #expect(HoldReason.labels == HoldReason.labels.sorted())
        #expect(Set(HoldReason.labels).count == HoldReason.labels.count)
    }

    @Test("an explanation says when the gates will open without other events")
    func nextAction() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.view.sightSince = incident.now
        incident[Incident.g].statusSince = incident.now
        incident.step()
        let held = incident.machine.explain(Incident.g, in: incident.view, at: incident.now)
        #expect(held.nextActionAt == incident.now + .seconds(20 * 60))
        incident.answer(true)
        let view = incident.view.judged(at: incident.now)
        let answering = incident.machine.explain(Incident.g, in: view, at: incident.now)
        #expect(answering.nextActionAt == nil)
    }

    @Test("without a request the gates are evaluated as if there were one")
    func supposedRequest() {
        var incident = Incident()
        incident.answer(true)
        incident.step()
        let explanation = incident.machine.explain(
            Incident.g,
            in: incident.view,
            at: incident.now
        )
        #expect(explanation.decision == .idle)
        let unable: Set<Gate> = [
            .pause, .credential, .throttle, .maintenance, .silence, .leadership, .jobList,
            .efficacy, .veto, .shadow, .blockingAlert, .killCost, .ladder,
            .jobHistory, .precision,
        ]
        #expect(explanation.gates.map(\.gate) == Gate.allCases.filter { !unable.contains($0) })
        #expect(explanation.gates.filter { !$0.isOpen }.map(\.gate) == [.diagnosis])
    }
}
