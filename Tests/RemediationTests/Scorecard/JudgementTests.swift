import Diagnosis
import Testing
import Time

@testable import Remediation

extension Incident {
    /// A decision about "g", of entry "prod", that is made in the first cycle.
    static func decided(
        _ mode: Mode = .shadow,
        _ hangClass: HangClass = .unresponsive,
        change: (inout Policy) -> Void = { _ in }
    ) -> Incident {
        var incident = Incident(mode: mode, change: change)
        incident[g].entry = "prod"
        if hangClass != .unresponsive { incident.status(hangClass.expectedStatusCode) }
        incident[g].statusSince = start - .seconds(86_400)
        incident.requests = [request(g, hangClass)]
        incident.cycle()
        return incident
    }

    var decisionRecords: [DecisionRecord] { machine.record(of: Self.g).decisions }
    var judgement: Judgement.Reason? { decisionRecords.last?.judgement?.reason }
    var courses: [DecisionRecord.Course] { decisionRecords.map(\.course) }

    func score(_ hangClass: HangClass = .unresponsive) -> Scorecard.Score {
        Scorecard(machine.recordsInUse, at: now).score(hangClass, entry: "prod")
    }

    mutating func setJobs(_ jobs: [(name: String, at: Timestamp, state: JobState)]?) {
        self[Self.g].jobs = jobs.map { jobs in
            jobs.enumerated().map { number, job in
                FoundJob(
                    id: "f\(number)",
                    name: job.name,
                    graphName: "orders",
                    beganAt: job.at,
                    state: job.state
                )
            }
        }
    }

    /// Answers, and no alert asks any more.
    mutating func recover(after duration: Duration = .seconds(30)) {
        pass(silent: duration - .seconds(30))
        if self[Self.g].statusCode != "200" { status("200") }
        answer(true)
        requests = []
        cycle()
    }

    /// Goes on as it is, cycle by cycle.
    mutating func pass(silent duration: Duration) {
        let end = now + duration
        while now < end { cycle() }
    }

    /// A step in which diagnosis has another word than the probe.
    mutating func step(_ verdict: Verdict) {
        now = now + .seconds(30)
        observe()
        view = view.judged(at: now)
        view.graphs[Self.g]?.verdict = verdict
        _ = machine.step(requests: requests, reports: [], view: view, at: now)
        machine.changesWereRecorded()
    }
}

@Suite("What a decision that was not sent turns out to be")
struct JudgementTests {
    @Test(
        "pending while the graph is silent, whatever held the restart",
        arguments: [
            (.shadow, .shadow), (.approve, .asked), (.auto, .announced),
        ] as [(Mode, DecisionRecord.Course)]
    )
    func pending(mode: Mode, course: DecisionRecord.Course) {
        var incident = Incident.decided(mode) { $0.veto = [.unresponsive: .seconds(86_400)] }
        incident.pass(silent: .seconds(3600))
        #expect(incident.courses == [course])
        #expect(incident.judgement == nil)
        #expect(incident.score().pending == 1)
        #expect(incident.decisionRecords.last?.entry == "prod")
    }

    @Test("a hold that doubts the hang is no decision, one for want of room is")
    func holds() {
        for row in GateCase.all {
            var incident = Incident()
            row.close(&incident)
            incident.requests = [Incident.request()]
            incident.step()
            let claims: Set = [
                "fleet_budget", "kill_cost", "job_history", "shadow", "approval_pending",
                "veto_period", "precision",
            ]
            let isDecision = claims.contains(row.label)
            if incident.labels == [row.label] {
                #expect(incident.decisionRecords.isEmpty != isDecision, "\(row.testDescription)")
            }
        }
    }

    @Test("right: it stayed silent until someone else restarted it, however that is seen")
    func restartedByOthers() {
        for trace in ["job", "900", "901", "920"] {
            for mode in [Mode.shadow, .approve] {
                var incident = Incident.decided(mode)
                incident.pass(silent: .seconds(1800))
                if trace == "job" {
                    incident.setJobs([("RestartGraph", incident.now + .seconds(5), .running)])
                } else {
                    incident.status(trace)
                }
                incident.cycle()
                #expect(incident.judgement == .silentUntilRestart, "\(trace) \(mode)")
                incident.setJobs([])
                incident.recover()
                #expect(incident.score().right == 1 && incident.score().judged == 1)
            }
        }
    }

    @Test("right: a rejected restart that someone else gave after all")
    func rejected() {
        var incident = Incident.decided(.approve)
        incident.order(.reject(Incident.g))
        #expect(incident.phase.label == "suspended")
        incident.setJobs([("RestartGraph", incident.now + .seconds(5), .succeeded)])
        incident.cycle()
        #expect(incident.judgement == .silentUntilRestart)
    }

    @Test(
        "wrong within the time that a restart takes, unknown later",
        arguments: [
            (30, .recoveredAlone), (2700, .recoveredAlone), (2730, .lateRecovery),
        ] as [(Int, Judgement.Reason)]
    )
    func recoveredAlone(seconds: Int, reason: Judgement.Reason) {
        for mode in [Mode.shadow, .approve] {
            var incident = Incident.decided(mode)
            incident.recover(after: .seconds(seconds))
            #expect(incident.judgement == reason, "\(mode)")
        }
    }

    @Test("the time that restarts of this graph took is the bound, if it is known")
    func usualRestart() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.restartAndVerify(job: "j")
        incident.answer(true)
        incident.requests = []
        incident.pass(silent: .seconds(2 * 3600))
        incident.setPolicy { $0.mode = .shadow }
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.recover(after: .seconds(600))
        #expect(incident.courses == [.sent, .shadow])
        #expect(incident.judgement == .lateRecovery)
    }

    @Test("a stuck operation that ends by itself was no hang")
    func operation() {
        for hangClass in HangClass.allCases where hangClass != .unresponsive {
            var incident = Incident.decided(.shadow, hangClass)
            #expect(incident.courses == [.shadow])
            incident.recover(after: .seconds(600))
            #expect(incident.judgement == .recoveredAlone)
            #expect(incident.score(hangClass).wrong == 1)
        }
    }

    @Test("wrong: it was at work; unknown: someone began to work on it afterwards")
    func busy() {
        for work in [Work.tasks(advancedAt: Incident.start), .queries(advancedAt: Incident.start)] {
            var incident = Incident.decided()
            incident.step(.busy(by: work))
            #expect(incident.judgement == .wasBusy)
        }
        for isStuck in [false, true] {
            for (offset, reason) in [(-600, Judgement.Reason.wasBusy), (10, .othersAtWork)] {
                var incident = Incident.decided()
                let began = incident.now + .seconds(Int64(offset))
                var jobs: [(name: String, at: Timestamp, state: JobState)] = []
                if isStuck { jobs.append(("Stuck", Incident.start - .seconds(86_400), .running)) }
                jobs.append(("BackupGraph", began, .running))
                incident.setJobs(jobs)
                let work = Work.job("BackupGraph", since: began)
                incident.step(.busy(by: work))
                guard reason != .wasBusy else {
                    #expect(incident.judgement == .wasBusy)
                    continue
                }
                #expect(incident.judgement == nil, "the hang goes on")
                incident.answer(true)
                incident.step(.busy(by: work))
                #expect(incident.judgement == .othersAtWork)
            }
        }
    }

    @Test("what waited in a graph that hung advances when it is back, and was no work")
    func backAtWork() {
        for (wait, reason) in [
            (600, Judgement.Reason.recoveredAlone), (4 * 3600, .lateRecovery),
        ] {
            var incident = Incident.decided()
            incident.pass(silent: .seconds(Int64(wait)))
            incident.answer(true)
            incident.step(.busy(by: .queries(advancedAt: incident.now)))
            #expect(incident.judgement == reason)
        }
    }

    @Test("an operation about which no alert speaks any more has not advanced for that")
    func operationRuns() {
        var incident = Incident.decided(.shadow, .importing)
        incident.requests = []
        incident.step(.busy(by: .operation(.importing)))
        #expect(incident.judgement == nil)
        incident.step(.busy(by: .tasks(advancedAt: incident.now)))
        #expect(incident.judgement == .wasBusy)
    }

    @Test("unknown: the agent was blind when the hang ended")
    func blind() {
        var incident = Incident.decided()
        incident.pass(silent: .seconds(300))
        incident.view.sightSince = nil
        incident.cycle(.seconds(600))
        #expect(incident.judgement == nil)
        incident.view.sightSince = incident.now
        incident.recover()
        #expect(incident.judgement == .notSeen)
        #expect(incident.score().unknown == 1)
    }

    @Test("nobody knows whether a graph came back and hung anew while the agent was blind")
    func blindMeanwhile() {
        for isRestarted in [true, false] {
            var incident = Incident.decided()
            incident.view.sightSince = nil
            incident.cycle(.seconds(600))
            incident.view.sightSince = incident.now + .seconds(30)
            incident.pass(silent: .seconds(120))
            if isRestarted {
                incident.status("901")
                incident.cycle()
            } else {
                incident.recover()
            }
            #expect(incident.judgement == (isRestarted ? .notSeen : .recoveredAlone))
        }
    }

    @Test("an agent that was started meanwhile goes on, but judges nothing that it did not see")
    func agentStarts() {
        for isStillSilent in [true, false] {
            var incident = Incident.decided()
            incident.restartAgent(after: .seconds(120))
            if isStillSilent { incident.pass(silent: .seconds(120)) }
            incident.recover()
            #expect(incident.courses == [.shadow])
            #expect(incident.judgement == (isStillSilent ? .recoveredAlone : .notSeen))
        }
        var incident = Incident.decided()
        incident.restartAgent(after: .seconds(120))
        incident.pass(silent: .seconds(1200))
        incident.status("901")
        incident.cycle()
        #expect(incident.judgement == .notSeen)
    }

    @Test("a restart that only the job list of a start shows was not seen")
    func jobList() {
        var incident = Incident.decided()
        let began = incident.now + .seconds(60)
        incident.restartAgent(after: .seconds(600))
        incident.machine.expectJobList()
        incident.answer(true)
        incident.requests = []
        incident.cycle()
        #expect(incident.judgement == nil)
        let job = FoundJob(
            id: "f",
            name: "RestartGraph",
            graphName: "orders",
            beganAt: began,
            state: .succeeded
        )
        incident.cycle(.seconds(30), .jobList([job]))
        #expect(incident.judgement == .notSeen)
    }

    @Test("nothing is judged while the jobs cannot be read, and the end was seen all the same")
    func jobsUnread() {
        var incident = Incident.decided()
        incident.setJobs(nil)
        incident.recover()
        incident.cycle()
        #expect(incident.judgement == nil)
        incident.setJobs([])
        incident.cycle()
        #expect(incident.judgement == .recoveredAlone)
    }

    @Test("a deleted graph, one out of scope and one in another status prove nothing")
    func gone() {
        var incident = Incident.decided()
        incident.view.isWhole = false
        let graph = incident[Incident.g]
        incident.view.graphs[Incident.g] = nil
        incident.cycle()
        #expect(incident.judgement == nil)
        incident.view.isWhole = true
        incident.cycle()
        #expect(incident.judgement == .graphGone)
        #expect(graph.entry == "prod")

        incident = .decided()
        incident.setPolicy { $0.mode = .off }
        incident.cycle()
        #expect(incident.judgement == .outOfScope)

        for code in ["300", "303", "400", "800"] {
            incident = .decided()
            incident.status(code)
            incident.cycle()
            #expect(incident.judgement == .statusChanged, "\(code)")
        }
    }

    @Test("a graph that is renamed, or matched by another entry, keeps the score of its decision")
    func renamed() {
        var incident = Incident.decided()
        incident[Incident.g].name = "orders-old"
        incident[Incident.g].entry = "other"
        incident.recover()
        #expect(incident.judgement == .recoveredAlone)
        #expect(incident.score().wrong == 1)
    }

    @Test("what nothing ends within a week is given up")
    func neverEnded() {
        var incident = Incident.decided()
        incident.cycle(.seconds(7 * 86_400 - 60))
        #expect(incident.judgement == nil)
        incident.cycle(.seconds(60))
        #expect(incident.judgement == .neverEnded)
    }

    @Test(
        "setting the clock changes no judgement",
        arguments: [-864_000, -3600, 3600, 864_000].map { Duration.seconds($0) }
    )
    func clock(jump: Duration) {
        for (wait, reason) in [
            (600, Judgement.Reason.recoveredAlone), (3000, .lateRecovery),
        ] {
            var incident = Incident.decided()
            incident.pass(silent: .seconds(300))
            incident.setClock(by: jump)
            incident.recover(after: .seconds(wait))
            #expect(incident.judgement == reason)
        }
    }

    @Test("an alert that begins anew while the graph is silent is about the same hang")
    func oneHang() {
        var incident = Incident.decided()
        for _ in 1...3 {
            incident.requests = []
            incident.pass(silent: .seconds(120))
            incident.requests = [Incident.request()]
            incident.pass(silent: .seconds(120))
        }
        incident.recover()
        #expect(incident.courses == [.shadow])
        incident.cycle()
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.courses == [.shadow, .shadow])
    }
}
