import Diagnosis
import Remediation
import Testing
import Time

/// How long a restart keeps others waiting, and which refusals hold the whole fleet.
@Suite struct PlaceTests {
    private static let other = GraphID("other-1")

    /// A second hung graph waits for the place.
    private func waiting() -> Incident {
        var incident = Incident()
        incident.requests = [Incident.request(), Incident.request(Self.other, activeFor: .zero)]
        incident.cycle()
        incident.sicken(1)
        return incident
    }

    private func begins(_ incident: Incident) -> Bool {
        incident.machine.record(of: Self.other).phase.label == "intended"
    }

    @Test("a deleted graph frees its place, one that a partial listing lacks does not")
    func deleted() {
        var incident = waiting()
        incident.send(.accepted(jobID: "j1"))
        incident.view.isWhole = false
        incident.view.graphs[Incident.g] = nil
        incident.cycle()
        #expect(!begins(incident))
        incident.view.isWhole = true
        incident.cycle()
        #expect(begins(incident))
        #expect(
            incident.text.contains(
                "ended: attempt 1 stalled: the graph is gone from the list of all graphs"
            )
        )
    }

    @Test("a job that never ends does not hold a graph that runs and answers")
    func endlessJob() {
        var incident = waiting()
        incident.send(.accepted(jobID: "j1"))
        incident.answer(true)
        incident.cycle(.seconds(240), .job(Incident.g, jobID: "j1", .running))
        #expect(incident.phase.label == "restarting")
        incident.cycle(.seconds(60))
        #expect(incident.phase.label == "verifying")
        for _ in 1...5 { incident.cycle() }
        #expect(incident.phase.label == "cooling_down")
        #expect(begins(incident))
        #expect(
            incident.text.contains(
                "the graph runs and answers, although its job j1 has not ended"
            )
        )
    }

    @Test("an unknown outcome without a trace blocks a working graph, not the fleet")
    func unknownOutcome() {
        var incident = waiting()
        incident.send(.unknown(reason: "reset"))
        incident.answer(true)
        incident.cycle()
        #expect(!begins(incident))
        let intent = incident.phase.intent?.id ?? ""
        incident.cycle(.seconds(30), .jobsFound(intentID: intent, []))
        #expect(begins(incident))
        #expect(incident.phase.label == "unknown_outcome")
    }

    @Test(
        "what may hide the restart of an unknown outcome keeps its place",
        arguments: ["incomplete list", "queued job", "unreadable jobs", "running job"]
    )
    func hiddenRestart(cause: String) {
        var incident = waiting()
        incident.send(.unknown(reason: "reset"))
        incident.answer(true)
        incident.cycle()
        let intent = incident.phase.intent?.id ?? ""
        let now = incident.now
        func job(_ graph: String) -> FoundJob {
            FoundJob(id: "q", name: "RestartGraph", graphName: graph, beganAt: now, state: .pending)
        }
        var queued = job("orders")
        queued.isQueued = true
        var foreign = job("billing")
        foreign.isQueued = true
        switch cause {
        case "unreadable jobs": incident[Incident.g].jobs = nil
        // Restarts that run are listed before their begin is.
        case "running job": incident[Incident.g].jobs = [job("orders")]
        default: break
        }
        incident.cycle(
            .seconds(30),
            .jobsFound(
                intentID: intent,
                cause == "queued job" ? [queued] : [foreign],
                isComplete: cause != "incomplete list"
            )
        )
        #expect(!begins(incident))
        #expect(incident.phase.label == "unknown_outcome", "it proves nothing either")
        incident[Incident.g].jobs = []
        incident.cycle(.seconds(30), .jobsFound(intentID: intent, [foreign]))
        #expect(begins(incident))
    }

    @Test("a refused credential holds every restart for an hour, or until it is replaced")
    func credential() {
        for isReplaced in [false, true] {
            var incident = waiting()
            incident.send(.unauthorised(code: "APIGW.0301", message: "no"))
            incident.cycle(.seconds(600))
            #expect(!begins(incident))
            let reasons = incident.machine.decisions[Self.other]?.holdReasons.map(\.label)
            #expect(reasons == ["credential"])
            incident.restartAgent(after: .seconds(60))
            incident.view.sightSince = incident.now - .seconds(86_400)
            incident.cycle()
            #expect(!begins(incident), "it is persistent")
            if isReplaced {
                incident.machine.credentialWasReplaced()
            } else {
                incident.requests = [Incident.request(Self.other)]
                incident.cycle(.seconds(3600 - 691))
                #expect(!begins(incident))
            }
            incident.requests = [Incident.request(Self.other)]
            incident.cycle()
            #expect(begins(incident))
        }
    }

    /// An order that names the hold passes over it. A refusal for another reason shows too that the credential is
    /// taken.
    @Test(
        "a credential that GES takes again holds nothing any more",
        arguments: [.accepted(jobID: "j1"), .refused(code: "GES.7016", message: "no")]
            as [RestartOutcome]
    )
    func credentialTaken(outcome: RestartOutcome) {
        var incident = waiting()
        incident.send(.unauthorised(code: "APIGW.0301", message: "no"))
        incident.cycle(.seconds(600))
        #expect(incident.labels.contains("credential"))
        let terms = RestartTerms(overrides: [.credential, .cooldown])
        incident.order(.restart(Incident.g, terms))
        incident.send(outcome)
        incident.cycle()
        let holds = incident.machine.decisions[Self.other]?.holdReasons.map(\.label) ?? []
        #expect(!holds.contains("credential"), "\(incident.text)")
        #expect(begins(incident) == (outcome.label == "refused"), "\(incident.text)")
    }

    @Test("a graph that was refused the credential goes last when the hour is over")
    func refusedLast() {
        var incident = waiting()
        incident.send(.unauthorised(code: "APIGW.0301", message: "no"))
        incident.cycle(.seconds(3600))
        #expect(begins(incident))
        // Of several the one that was refused longest ago goes first.
        incident = waiting()
        incident.send(.unauthorised(code: "APIGW.0301", message: "no"))
        incident.cycle(.seconds(3600))
        let second = incident.machine.record(of: Self.other).phase.intent?.id ?? ""
        incident.cycle(
            .seconds(30),
            .outcome(
                intentID: second,
                .unauthorised(code: "APIGW.0301", message: "no"),
                at: incident.now
            )
        )
        incident.cycle(.seconds(3600))
        #expect(incident.phase.label == "intended")
    }

    @Test(
        "a throttled restart holds every other one for as long as GES asks, at most a day, or for five minutes",
        arguments: [nil, 30, 900, 7200, 4 * 86_400] as [Int64?]
    )
    func throttled(seconds: Int64?) {
        var incident = waiting()
        incident.send(.throttled(retryAfter: seconds.map { .seconds($0) }))
        let lasts = min(seconds ?? 300, 86_400)
        incident.cycle(.milliseconds(lasts * 1000 - 1))
        #expect(!begins(incident))
        let held = incident.machine.decisions[Self.other]
        #expect(held?.holdReasons.map(\.label) == ["throttled"])
        incident.restartAgent(after: .zero)
        incident.view.sightSince = incident.now - .seconds(86_400)
        incident.step()
        #expect(!begins(incident), "it is persistent")
        incident.requests = [Incident.request(Self.other)]
        incident.cycle(.milliseconds(1))
        #expect(begins(incident))
    }

    @Test(
        "a graph that is still sick when its alert ends has not recovered alone",
        arguments: [(true, "recoveredAlone"), (false, "released")]
    )
    func endedAlert(answers: Bool, kind: String) {
        var incident = Incident(mode: .shadow)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.requests = []
        incident.answer(answers)
        incident.cycle()
        let kinds = incident.effects.compactMap(\.audit?.kind.rawValue)
        #expect(kinds == [kind])
        #expect(incident.text.contains("hung (unresponsive) since") == !answers)
    }

    @Test(
        "a graph that merely left a partial listing has not recovered alone",
        arguments: [
            (false, "whether it recovered is not known, because it is not seen"),
            (true, "the graph is gone"),
        ]
    )
    func leftListing(isWhole: Bool, words: String) {
        var incident = Incident(mode: .shadow)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.requests = []
        incident.view.isWhole = isWhole
        incident.view.graphs[Incident.g] = nil
        incident.cycle()
        #expect(incident.text.contains("g released: the alert ended"), "\(incident.text)")
        #expect(incident.text.contains(words))
        #expect(!incident.text.contains("recoveredAlone"))
    }

    @Test(
        "the places of a path are shared by graphs of that path, and of one that is not known",
        arguments: [
            (Path.other, Path.other, true), (.other, .lost, false), (.other, nil, true),
            (nil, .other, true),
        ] as [(Path?, Path?, Bool)]
    )
    func places(of path: Path?, beside neighbour: Path?, isHeld: Bool) {
        var incident = Incident {
            $0.maxConcurrent = 2
            $0.maxConcurrentPerPath = 1
        }
        incident.change(19) { $0.path = .other }
        incident[Self.other].path = neighbour
        incident[Incident.g].path = path
        incident.requests = [Incident.request()]
        incident.restartAnother(.accepted(jobID: "job-1"))
        incident.step()
        #expect(incident.labels == (isHeld ? ["fleet_budget"] : []))
    }
}
