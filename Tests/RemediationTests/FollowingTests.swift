import Diagnosis
import Remediation
import Testing
import Time

/// The tracking of a restart that was sent.
@Suite struct FollowingTests {
    private func accepted(jobID: String? = "j1", _ hangClass: HangClass = .unresponsive) -> Incident
    {
        var incident = Incident()
        incident[Incident.g].statusCode = hangClass.expectedStatusCode
        incident.requests = [Incident.request(Incident.g, hangClass)]
        incident.send(.accepted(jobID: jobID))
        return incident
    }

    @Test("a persistent dead status is a stall", arguments: ["300", "303", "400", "800", "900"])
    func deadStatus(code: String) {
        var incident = accepted()
        incident.cycle()
        incident.status(code)
        incident.cycle(.seconds(290))
        #expect(incident.phase.label == "restarting")
        incident.cycle(.seconds(10))
        #expect(incident.phase.label == "stalled")
        #expect(incident.effects.compactMap(\.audit).map(\.severity).contains(.critical))
    }

    @Test("a transient stop is not a stall")
    func passingStop() {
        var incident = accepted(jobID: nil)
        for code in ["901", "900", "100", "920", "200"] {
            incident.status(code)
            incident.cycle(.seconds(240))
        }
        #expect(incident.phase.label == "verifying")
    }

    @Test("a running job may take until the deadline")
    func runningJob() {
        var incident = accepted()
        incident.cycle(.seconds(2000), .job(Incident.g, jobID: "j1", .running))
        #expect(incident.phase.label == "restarting")
        #expect(incident.effects == [.followJob(Incident.g, jobID: "j1")])
        incident.cycle(.seconds(700), .job(Incident.g, jobID: "j1", .running))
        #expect(incident.phase.label == "stalled")
    }

    @Test("a job unknown to GES is not a failure")
    func unknownJob() {
        var incident = accepted()
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .notFound))
        #expect(incident.phase.label == "restarting")
        #expect(incident.effects.map(\.isSearch) == [true])
    }

    @Test("the report of another job is ignored")
    func otherJob() {
        var incident = accepted()
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j2", .failed(reason: "x")))
        #expect(incident.phase.label == "restarting")
    }

    @Test("while the graph cannot be observed, only the deadline counts")
    func blind() {
        var incident = accepted(jobID: nil)
        incident.view.sightSince = nil
        incident.status("300")
        incident.cycle(.seconds(2000))
        #expect(incident.phase.label == "restarting")
        incident.cycle(.seconds(700))
        #expect(incident.phase.label == "stalled")
    }

    @Test(
        "a trace in the status means that the restart was carried out",
        arguments: ["901", "900", "920", "100"]
    )
    func trace(code: String) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "reset"))
        incident.status(code)
        incident.cycle()
        #expect(incident.phase.label == "restarting")
    }

    @Test("the end of an import is not a trace of a restart")
    func endedImport() {
        var incident = Incident()
        incident[Incident.g].statusCode = "202"
        incident.requests = [Incident.request(Incident.g, .importing)]
        incident.send(.unknown(reason: "reset"))
        incident.status("200")
        incident.cycle()
        #expect(incident.phase.label == "unknown_outcome")
        incident.cycle(.seconds(26 * 60))
        #expect(incident.phase.label == "cooling_down")
    }

    @Test("of the jobs found, the newest match is used")
    func newestJob() {
        var incident = accepted(jobID: nil)
        guard let intent = incident.phase.intent else { return }
        func job(_ id: String, _ name: String, _ graph: String, _ offset: Int64) -> FoundJob {
            FoundJob(
                id: id,
                name: name,
                graphName: graph,
                beganAt: intent.createdAt + .seconds(offset),
                state: .running
            )
        }
        let unfit = [
            job("early", "RestartGraph", "orders", -61),
            job("import", "ImportGraph", "orders", 5),
            job("foreign", "RestartGraph", "billing", 5),
        ]
        incident.cycle(.seconds(30), .jobsFound(intentID: intent.id, unfit))
        #expect(incident.effects.map(\.isSearch) == [true])
        let fit = [
            job("old", "RestartGraph", "orders", -60), job("new", "RebootAndSTART", "orders", 5),
        ]
        incident.cycle(.seconds(30), .jobsFound(intentID: intent.id, unfit + fit))
        #expect(incident.effects == [.followJob(Incident.g, jobID: "new")])
    }

    @Test("an answer that arrives after the trace only adds the job")
    func lateAnswer() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        let id = incident.phase.intent?.id ?? ""
        incident.cycle(.seconds(120))
        incident.status("901")
        incident.cycle()
        incident.cycle(
            .seconds(5),
            .outcome(intentID: id, .accepted(jobID: "j9"), at: incident.now)
        )
        #expect(incident.effects == [.followJob(Incident.g, jobID: "j9")])
        #expect(incident.phase.label == "restarting")
    }

    @Test("a second outcome is acted upon but not written")
    func secondOutcome() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "reset"))
        let id = incident.phase.intent?.id ?? ""
        incident.now = incident.now + .seconds(30)
        let report = Report.outcome(intentID: id, .accepted(jobID: "j1"), at: incident.now)
        _ = incident.machine.step(
            requests: incident.requests,
            reports: [report],
            view: incident.view,
            at: incident.now
        )
        #expect(incident.phase.label == "restarting")
        #expect(incident.machine.changes.outcomes.isEmpty)
    }

    @Test("an outcome without an intent is only recorded")
    func strayOutcome() {
        var incident = Incident()
        incident.cycle(
            .seconds(30),
            .outcome(intentID: "?", .accepted(jobID: "j"), at: incident.now)
        )
        #expect(incident.effects.compactMap(\.audit).map(\.kind) == [.late])
        #expect(incident.phase == .idle)
    }
}

/// When a graph counts as healthy again.
@Suite struct VerificationTests {
    private func verifying(probes: Int = 3) -> Incident {
        var incident = Incident { $0.verify.probes = probes }
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.requests = []
        incident.answer(true)
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j1", .succeeded))
        return incident
    }

    private func goodProbes(_ incident: Incident) -> Int? {
        if case .verifying(let verifying) = incident.phase { verifying.goodProbes } else { nil }
    }

    @Test("a probe counts once, and only if it is newer than the recovery")
    func probeOnce() {
        var incident = verifying()
        #expect(goodProbes(incident) == 0)
        for _ in 1...5 { incident.step() }
        #expect(goodProbes(incident) == 0)
        incident.cycle()
        for _ in 1...5 { incident.step() }
        #expect(goodProbes(incident) == 1)
    }

    @Test("every sign that was silent has to answer, and is named")
    func signs() {
        var incident = Incident { $0.verify.probes = 2 }
        incident[Incident.g].restsOn = ["summary", "gremlin", "removed", "jobs"]
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.requests = []
        incident.answer(true)
        func see(_ summary: Word, _ gremlin: Word) -> Int? {
            let signs = ["version": Word.alive, "summary": summary, "gremlin": gremlin]
            incident[Incident.g].probe?.signs = signs
            incident.cycle()
            return goodProbes(incident)
        }
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j1", .succeeded))
        #expect(see(.alive, .alive) == 1)
        #expect(see(.alive, .cannotTell) == 1, "it neither helps nor harms")
        #expect(see(.cannotTell, .cannotTell) == 1)
        #expect(see(.alive, .silent) == 0)
        #expect(see(.alive, .alive) == 1)
        #expect(see(.alive, .alive) == nil)
        #expect(incident.text.contains("attempt 1 was verified: gremlin, summary answered"))
    }

    @Test("one unanswered probe starts the count again")
    func unanswered() {
        var incident = verifying()
        incident.cycle()
        incident.cycle()
        incident.answer(false)
        incident.cycle()
        #expect(goodProbes(incident) == 0)
        incident.answer(true)
        for _ in 1...3 { incident.cycle() }
        #expect(incident.phase.label == "cooling_down")
    }

    @Test("another status starts the count again")
    func otherStatus() {
        var incident = verifying()
        incident.cycle()
        incident.status("201")
        incident.cycle()
        #expect(goodProbes(incident) == 0)
    }

    @Test("a stale reading does not count")
    func stale() {
        var incident = verifying()
        incident.cycle()
        incident.now = incident.now + .seconds(91)
        let now = incident.now
        incident[Incident.g].probe?.at = now
        incident.step()
        #expect(goodProbes(incident) == 1)
    }

    @Test("a graph that is not verified in time has not recovered")
    func deadline() {
        var incident = verifying(probes: 5)
        for _ in 1...4 { incident.cycle() }
        incident.answer(false)
        incident.cycle(.seconds(20 * 60))
        let attempt = incident.machine.record(of: Incident.g).attempts.last
        #expect(attempt?.ending?.outcome == .notRecovered)
        #expect(incident.machine.counters.failures == [.notRecovered: 1])
    }

    @Test(
        "the end of the alert verifies the end of an operation, and never a graph that is silent",
        arguments: [HangClass.importing, .unresponsive],
        [true, false]
    )
    func unansweredGraph(hangClass: HangClass, wasReached: Bool) {
        var incident = Incident { $0.verify.probes = 2 }
        incident[Incident.g].statusCode = hangClass.expectedStatusCode
        incident.requests = [Incident.request(Incident.g, hangClass)]
        incident.send(.accepted(jobID: "j1"))
        incident[Incident.g].statusCode = "200"
        incident[Incident.g].wasReached = wasReached
        incident.requests = []
        for _ in 1...5 { incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .succeeded)) }
        let attempt = incident.machine.record(of: Incident.g).attempts.last
        let isVerified = hangClass == .importing && !wasReached
        #expect(attempt?.ending?.outcome == (isVerified ? .verified : nil))
        incident[Incident.g].probe = nil
        incident.cycle(.seconds(30))
        incident.cycle(.seconds(30))
        #expect((attempt?.ending != nil) == isVerified)
        #expect((incident.phase.label == "verifying") == (hangClass == .unresponsive))
    }

    @Test("a graph without probes is healthy once its alert has ended")
    func withoutProbes() {
        var incident = Incident { $0.verify.probes = 2 }
        incident[Incident.g].probe = nil
        incident[Incident.g].statusCode = "202"
        incident.requests = [Incident.request(Incident.g, .importing)]
        incident.send(.accepted(jobID: "j1"))
        incident[Incident.g].statusCode = "200"
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j1", .succeeded))
        for _ in 1...5 { incident.cycle() }
        #expect(goodProbes(incident) == 0)
        incident.requests = []
        for _ in 1...2 { incident.cycle() }
        #expect(incident.phase.label == "cooling_down")
    }
}

extension Effect {
    fileprivate var isSearch: Bool {
        if case .searchJobs = self { true } else { false }
    }
}
