import Diagnosis
import Testing
import Time

@testable import Remediation

@Suite("A decision that is watched through work of others, answers and time without sight")
struct LongWatchTests {
    @Test("work of others, a queued restart and a passing status do not end the watch")
    func watchGoesOn() {
        for trace in ["backup", "queued", "100", "202"] {
            var incident = Incident.decided(trace == "queued" ? .approve : .shadow)
            if trace == "queued" { incident.order(.reject(Incident.g)) }
            if let code = ["100": "100", "202": "202"][trace] {
                incident.status(code)
                incident.cycle()
                incident.status("200")
            } else {
                let name = trace == "backup" ? "BackupGraph" : "RestartGraph"
                let began = incident.now + .seconds(5)
                incident.setJobs([(name, began, .running)])
                if trace == "queued" { incident[Incident.g].jobs?[0].isQueued = true }
                for _ in 1...10 { incident.step(.busy(by: .job(name, since: began))) }
                incident.setJobs([])
                for _ in 1...10 { incident.step(.busy(by: .jobEnded(at: incident.now))) }
            }
            #expect(incident.judgement == nil, "\(trace)")
            incident.setJobs([("RestartGraph", incident.now + .seconds(35), .running)])
            incident.cycle()
            incident.cycle()
            #expect(incident.judgement == .silentUntilRestart, "\(trace)")
        }
    }

    @Test("nobody knows whose work it is while the jobs cannot be read")
    func busyUnread() {
        var incident = Incident.decided()
        incident.setJobs(nil)
        incident.step(.busy(by: .jobAdvanced(at: incident.now)))
        #expect(incident.judgement == nil)
    }

    @Test("a graph that answered before others restarted it was not silent until then")
    func answeredFirst() {
        var incident = Incident.decided()
        incident.answer(true)
        incident.step(.suspect(since: Incident.start))
        #expect(incident.judgement == nil)
        incident.status("901")
        incident.cycle()
        #expect(incident.judgement == .answeredBefore)
    }

    @Test("an answer while the jobs cannot be read is remembered, over a start of the agent too")
    func comeback() {
        for restarts in [true, false] {
            var incident = Incident.decided()
            incident.setJobs(nil)
            incident.answer(true)
            incident.cycle()
            #expect(incident.judgement == nil)
            if restarts { incident.restartAgent(after: .seconds(60)) }
            incident.answer(false)
            incident.pass(silent: .seconds(300))
            incident.setJobs([("RestartGraph", incident.now + .seconds(5), .running)])
            incident.cycle()
            #expect(incident.judgement == .recoveredAlone)
        }
    }

    @Test("an answer is remembered although the graph falls silent again")
    func answeredAndSilentAgain() {
        for polls in [1, 20] {
            var incident = Incident.decided()
            incident.answer(true)
            incident.step(.suspect(since: Incident.start))
            incident.answer(false)
            for _ in 1...polls { incident.step(.suspect(since: Incident.start)) }
            incident.status("901")
            incident.cycle()
            #expect(incident.judgement == .answeredBefore, "\(polls)")
        }
    }

    @Test("a graph that answers now and then was not silent for five minutes")
    func answersNowAndThen() {
        var incident = Incident()
        for number in 1...61 {
            incident.answer(number % 2 == 0)
            incident.step(.suspect(since: Incident.start))
        }
        incident.status("901")
        incident.cycle()
        #expect(incident.decisionRecords.isEmpty)
    }

    @Test("a comeback whose jobs stay unreadable is judged after an hour, and ends the hang")
    func jobsNeverRead() {
        var incident = Incident.decided()
        incident.setJobs(nil)
        incident.recover()
        incident.pass(silent: .seconds(3540))
        #expect(incident.judgement == nil)
        incident.pass(silent: .seconds(60))
        #expect(incident.judgement == .notSeen)
        #expect(incident.decisionRecords.last?.isOver == true)
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.courses == [.shadow, .shadow])
    }

    @Test("a restart that waits and is withdrawn proves nothing")
    func withdrawn() {
        var incident = Incident.decided()
        incident.setJobs([("RestartGraph", incident.now + .seconds(5), .running)])
        incident[Incident.g].jobs?[0].isQueued = true
        incident.pass(silent: .seconds(120))
        #expect(incident.phase.label == "external", "nothing is restarted beside it")
        incident.setJobs([])
        incident.pass(silent: .seconds(120))
        #expect(incident.judgement == nil)
        incident.recover()
        #expect(incident.judgement == .recoveredAlone)
    }

    @Test("a hang that is out of sight after its judgement is the same when it is seen again")
    func sameHang() {
        var incident = Incident.decided()
        incident.step(.busy(by: .tasks(advancedAt: incident.now)))
        #expect(incident.judgement == .wasBusy)
        incident.requests = []
        for _ in 1...20 { incident.step(.unknown(.path, "not proved")) }
        incident.requests = [Incident.request()]
        incident.pass(silent: .seconds(120))
        #expect(incident.courses == [.shadow])
    }
}
