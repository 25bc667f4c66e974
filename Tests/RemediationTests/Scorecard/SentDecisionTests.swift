import Diagnosis
import Testing
import Time

@testable import Remediation

@Suite("What a restart that was sent says of its decision")
struct SentDecisionTests {
    @Test("right: it stayed silent until the restart and came back with it")
    func verified() {
        for mode in [Mode.auto, .approve] {
            var incident = Incident.decided(mode)
            if mode == .approve { incident.order(.approve(Incident.g)) }
            incident.restartAndVerify(job: "j")
            #expect(incident.courses == [.sent], "\(mode)")
            #expect(incident.judgement == .verified, "\(mode)")
            #expect(incident.score().right == 1)
        }
    }

    @Test("wrong: it answered between the decision and the acceptance")
    func answeredBefore() {
        var incident = Incident.decided(.auto)
        incident.answer(true)
        incident.cycle()
        #expect(incident.phase.label == "intended")
        #expect(incident.judgement == .answeredBefore)
        incident.answer(false)
        incident.restartAndVerify(job: "j")
        #expect(incident.judgement == .answeredBefore)

        incident = .decided(.auto)
        incident.answer(true)
        incident.send(.accepted(jobID: "j"))
        #expect(incident.judgement == .answeredBefore)
    }

    @Test("an answer minutes after the request was sent may come from the restart")
    func lateAnswer() {
        var incident = Incident.decided(.auto)
        incident.cycle()
        incident.answer(true)
        incident.cycle(.seconds(60))
        #expect(incident.judgement == nil)
    }

    @Test("an answer after the acceptance may come from the restart")
    func answeredAfter() {
        var incident = Incident.decided(.auto)
        incident.send(.accepted(jobID: "j"))
        incident.answer(true)
        incident.cycle()
        #expect(incident.judgement == nil)
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j", .succeeded))
        incident.pass(silent: .seconds(180))
        #expect(incident.judgement == .verified)
    }

    @Test(
        "what was not carried out is judged by what the graph does then",
        arguments: [
            .notSent(reason: "it answers"), .refused(code: "GES.8204", message: "no"),
            .throttled(retryAfter: .seconds(60)), .unauthorised(code: "APIGW.0301", message: "no"),
        ] as [RestartOutcome]
    )
    func notCarriedOut(outcome: RestartOutcome) {
        var incident = Incident.decided(.auto)
        incident.send(outcome)
        #expect(incident.judgement == nil)
        incident.recover()
        #expect(incident.judgement == .recoveredAlone)
        incident = .decided(.auto)
        incident.send(outcome)
        incident.status("901")
        incident.cycle()
        #expect(incident.judgement == .silentUntilRestart)
    }

    @Test("unknown: it did not come back, stalled, or nobody knows whether it was restarted")
    func unknown() {
        var incident = Incident.decided(.auto)
        incident.send(.unknown(reason: "reset"))
        incident.answer(true)
        incident.cycle(.seconds(26 * 60))
        #expect(incident.judgement == .outcomeUnknown)

        incident = .decided(.auto)
        incident.send(.accepted(jobID: "j"))
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j", .succeeded))
        incident.pass(silent: .seconds(1260))
        #expect(incident.judgement == .notRecovered)

        incident = .decided(.auto)
        incident.send(.accepted(jobID: "j"))
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j", .failed(reason: "x")))
        #expect(incident.phase.label == "stalled")
        #expect(incident.judgement == nil)
        incident.answer(true)
        incident.pass(silent: .seconds(300))
        #expect(incident.judgement == .stalled)
        #expect(incident.score().judged == 0 && incident.score().unknown == 1)
    }

    @Test("further attempts at the same hang count once")
    func attempts() {
        var incident = Incident.decided(.auto)
        incident.fail()
        incident.pass(silent: .seconds(2 * 3600))
        #expect(incident.machine.record(of: Incident.g).attemptCount == 2)
        #expect(incident.courses == [.sent])
        #expect(incident.judgement == .outcomeUnknown)
    }

    @Test("an agent that was started after it had sent the restart judges it all the same")
    func agentStarts() {
        var incident = Incident.decided(.auto)
        incident.send(.accepted(jobID: "j"))
        incident.restartAgent(after: .seconds(60))
        incident.answer(true)
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j", .succeeded))
        incident.pass(silent: .seconds(300))
        #expect(incident.judgement == .verified)
        #expect(incident.courses == [.sent])
    }

    /// A second hang within the incident of a restart in vain: the agent stops the graph for it.
    private func stopped() -> Incident {
        var incident = climb([.restart, .stopAndStart])
        incident.restartInVain()
        incident.requests = []
        incident.answer(true)
        incident.cycle()
        incident.answer(false)
        incident.requests = [Incident.request()]
        #expect(incident.next() == .stop)
        #expect(incident.courses == [.sent, .sent])
        incident.report(.accepted(jobID: "s1"))
        incident.status("901")
        incident.cycle()
        incident.status("900")
        incident.cycle()
        #expect(incident.phase.label == "stopped")
        return incident
    }

    @Test("a graph that the agent stopped and did not start was not restarted by others")
    func ownStop() {
        var incident = stopped()
        incident.order(.pause(.fleet, until: incident.now + .seconds(86_400)))
        incident.pass(silent: .seconds(45 * 60))
        #expect(incident.phase.label == "exhausted")
        #expect(incident.judgement == .notRecovered)

        incident = stopped()
        #expect(incident.next() == .start)
        incident.report(.refused(code: "GES.8204", message: "no"))
        incident.cycle()
        #expect(incident.judgement == .notRecovered)

        incident = stopped()
        incident.setJobs([("StartGraph", incident.now + .seconds(5), .running)])
        incident.status("920")
        incident.pass(silent: .seconds(60))
        incident.setJobs([])
        incident.status("200")
        incident.answer(true)
        incident.requests = []
        incident.pass(silent: .seconds(120))
        #expect(incident.score().right == 0)
        #expect(incident.judgement.map { $0.outcome != .right } ?? true)
    }

    @Test("a graph is started without a person only if nobody had to be asked", arguments: [0, 20])
    func startFollows(right: Int) {
        var incident = climb([.restart, .stopAndStart])
        incident.require(0.9, of: 10)
        incident.remember(right: right, wrong: 0)
        incident.cycle()
        if right == 0 { incident.order(.approve(Incident.g)) }
        #expect(incident.phase.label == "intended")
        incident.report(.accepted(jobID: "r1"))
        incident.status("901")
        incident.cycle()
        incident.status("900")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "r1", .failed(reason: "no")))
        #expect(incident.next() == (right == 0 ? nil : .start))
    }

    @Test("a cancelled task that brings the graph back says nothing of restarts")
    func cancelled() {
        for isLate in [false, true] {
            var incident = climb()
            #expect(incident.next() == .cancel)
            incident.report(.accepted(jobID: ""))
            incident.requests = []
            if isLate { incident.pass(silent: .seconds(660)) }
            incident.answer(true)
            incident.pass(silent: .seconds(600))
            #expect(incident.judgement == .cancelled, "\(isLate)")
        }
    }

    @Test("a cancelled task in vain leaves the decision to the next rung")
    func ladder() {
        var incident = climb()
        #expect(incident.next() == .cancel)
        incident.report(.accepted(jobID: ""))
        #expect(incident.courses == [.sent])
        #expect(incident.next() == .restart)
        #expect(incident.judgement == nil)
        #expect(incident.courses == [.sent])
    }
}

@Suite("Restarts that persons order, and hangs that were missed")
struct MissedHangTests {
    private func order(_ incident: inout Incident) {
        let all = RestartTerms(overrides: Set(Override.named))
        incident.order(.restart(Incident.g, all))
        incident.send(.accepted(jobID: "j"))
    }

    @Test("an order is no decision of the agent")
    func order() {
        var incident = Incident()
        incident.answer(true)
        order(&incident)
        incident.restartAndVerify(job: "j")
        #expect(incident.decisionRecords.isEmpty)
    }

    @Test("an ordered restart ends a hang that was decided about")
    func orderAfterDecision() {
        var incident = Incident.decided()
        incident.pass(silent: .seconds(600))
        order(&incident)
        #expect(incident.judgement == .silentUntilRestart)
        #expect(incident.courses == [.shadow])
    }

    @Test("an ordered restart whose answer was lost proves nothing")
    func orderLost() {
        var incident = Incident.decided()
        incident.order(.restart(Incident.g, RestartTerms(overrides: Set(Override.named))))
        incident.send(.unknown(reason: "reset"))
        incident.answer(true)
        incident.requests = []
        incident.cycle(.seconds(26 * 60))
        incident.pass(silent: .seconds(120))
        #expect(incident.judgement == .outcomeUnknown)
    }

    /// Silent for ten minutes, and the gates doubt the hang: nothing is decided.
    private func undecided(_ change: (inout Incident) -> Void = { _ in }) -> Incident {
        var incident = Incident()
        incident[Incident.g].entry = "prod"
        change(&incident)
        incident.pass(silent: .seconds(600))
        return incident
    }

    @Test("a silent graph that others, or an order, restart undecided was missed, once")
    func missed() {
        for trace in ["job", "901", "order"] {
            var incident = undecided()
            switch trace {
            case "job":
                incident.setJobs([("RestartGraph", incident.now + .seconds(5), .running)])
            case "order": order(&incident)
            default: incident.status(trace)
            }
            incident.pass(silent: .seconds(120))
            #expect(incident.courses == [.missed], "\(trace)")
            #expect(incident.score().missed == 1)
            #expect(incident.score().recall?.value == 0)
        }
    }

    @Test("a restart of a graph that answers, or has just fallen silent, is no missed hang")
    func notMissed() {
        var incident = Incident()
        incident.answer(true)
        incident.pass(silent: .seconds(600))
        incident.status("901")
        incident.cycle()
        #expect(incident.decisionRecords.isEmpty)

        incident = Incident()
        incident.answer(true)
        incident.pass(silent: .seconds(600))
        incident.answer(false)
        incident.pass(silent: .seconds(120))
        incident.status("901")
        incident.cycle()
        #expect(incident.decisionRecords.isEmpty)
    }

    @Test("a graph of which only a part is silent, and one that recovers, answer")
    func answersInPart() {
        for isPart in [true, false] {
            var incident = Incident()
            incident[Incident.g].answersInPart = isPart
            incident.answer(!isPart)
            for _ in 1...30 { incident.step(.suspect(since: Incident.start)) }
            incident.status("901")
            incident.cycle()
            #expect(incident.decisionRecords.isEmpty, "\(isPart)")
        }
    }

    @Test("planned work is no missed hang")
    func planned() {
        let pause = Order.Kind.pause(.graph(Incident.g), until: Incident.start + .seconds(86_400))
        var incident = undecided { $0.order(pause) }
        incident.status("901")
        incident.cycle()
        #expect(incident.decisionRecords.isEmpty)
        #expect(incident.phase.label == "external")
    }

    @Test("what was not seen all the time was not missed")
    func unseen() {
        var incident = undecided()
        incident.view.sightSince = incident.now + .seconds(1)
        incident.status("901")
        incident.cycle()
        #expect(incident.decisionRecords.isEmpty)
    }
}
