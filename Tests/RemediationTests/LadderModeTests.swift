import Diagnosis
import Remediation
import Testing
import Time

@Suite("A person and a ladder") struct LadderModeTests {
    @Test("mode shadow shows the rung and sends nothing")
    func shadow() {
        var incident = climb(mode: .shadow)
        incident.cycle()
        #expect(incident.intents == [])
        #expect(
            incident.decision.description
                == "the next rung would be taken now: cancel of task 7 (attempt 1)"
        )
        #expect(incident.text.contains("the next rung would be taken now (cancel of task 7)"))
    }

    @Test("mode approve asks for the named rung, and the approval is for that one")
    func approve() {
        var incident = climb(mode: .approve)
        incident.cycle()
        #expect(incident.text.contains("approval needed to cancel the algorithm task 7"))
        incident.order(.approve(Incident.g))
        #expect(incident.action == .cancel)
    }

    @Test("an approval of another rung than the next is refused and asked for again")
    func outdated() {
        var incident = climb(mode: .approve)
        incident.cycle()
        incident[Incident.g].cancellableTasks = []
        incident.order(.approve(Incident.g))
        #expect(incident.intents == [])
        #expect(incident.answer?.contains("the next rung has changed: restart") == true)
        incident.cycle()
        incident.order(.approve(Incident.g), id: "o2")
        #expect(incident.action == .restart)
    }

    @Test("a person who orders a restart gets one")
    func ordered() {
        var incident = climb()
        incident.requests = []
        incident.order(.restart(Incident.g, RestartTerms()))
        #expect(incident.action == .restart)
    }

    @Test("why names the next rung")
    func why() {
        let incident = climb()
        let gates = incident.machine.explain(Incident.g, in: incident.view, at: incident.now).gates
        let ladder = gates.first { $0.gate == .ladder }
        #expect(ladder?.sentence.hasPrefix("the next rung is cancel: cancel the algorithm") == true)
    }
}

@Suite("The counters of a ladder") struct LadderCounterTests {
    @Test("a rung has counters of its own, and a cancel is no restart")
    func counters() {
        var incident = climb()
        incident.cycle()
        incident.report(.accepted(jobID: nil))
        incident.restartInVain()
        let counters = incident.machine.counters
        #expect(counters.started == 1)
        #expect(counters.failures == [.notRecovered: 1])
        #expect(counters.startedRungs == [.cancel: 1])
        #expect(counters.endedRungs.map(\.key.failure) == [.notRecovered])
        #expect(counters.endedRungs.map(\.key.rung) == [.cancel])
    }

    @Test("a stop and its start are one rung")
    func oneRung() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        #expect(incident.next() == .start)
        incident.report(.refused(code: "GES.7037", message: ""))
        #expect(incident.machine.counters.startedRungs == [.stopAndStart: 1])
        #expect(incident.machine.counters.endedRungs.map(\.value) == [1])
    }
}

@Suite("A start of the agent on a ladder") struct LadderRestoringTests {
    @Test("a cancel without an outcome is not sent again, and the graph gets its ten minutes")
    func cancel() {
        var incident = climb()
        incident.cycle()
        incident.restartAgent(after: .seconds(5))
        #expect(incident.phase.label == "verifying")
        #expect(incident.pass(.seconds(590)) == [])
        #expect(incident.next() == .restart)
        #expect(incident.outcomes == [.probablyNotLanded, nil])
    }

    @Test("a stop without an outcome is found by the status and followed by one start")
    func stop() {
        var incident = climb([.restart, .stopAndStart])
        incident.restartInVain()
        #expect(incident.next() == .stop)
        incident.restartAgent(after: .seconds(60))
        incident.status("900")
        #expect(incident.next() == .start)
        #expect(incident.actions == [.restart, .stop, .start])
    }

    @Test("a graph that is stopped is started once, however often the agent starts")
    func stopped() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        for _ in 0..<3 {
            incident.restartAgent(after: .seconds(10))
            #expect(incident.phase.label == "stopped")
        }
        #expect(incident.next() == .start)
        incident.restartAgent(after: .seconds(10))
        incident.status("920")
        #expect(incident.pass(.seconds(120)) == [])
        #expect(incident.phase.label == "restarting")
    }
}
