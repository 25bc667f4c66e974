import Diagnosis
import Remediation
import Testing
import Time

@Suite("A rung that turns out to be another one") struct ChangedRungTests {
    @Test("is announced anew before anything stronger is sent")
    func announced() {
        var incident = climb([.cancel, .restart]) { $0.veto = [.unresponsive: .seconds(900)] }
        #expect(incident.pass(.seconds(300)) == [])
        #expect(incident.phase.label == "counting_down")
        incident[Incident.g].cancellableTasks = []
        // The announced cancel would have been due after 600 seconds more.
        #expect(incident.pass(.seconds(840)) == [])
        #expect(incident.transcript.contains { $0.contains("no longer the next rung") })
        #expect(incident.pass(.seconds(120)) == [.restart])
    }

    @Test(
        "stays the same after a cancel that was certainly not sent, once",
        arguments: [
            RestartOutcome.notSent(reason: "the agent is stopping"), .throttled(retryAfter: nil),
        ]
    )
    func unsentCancel(outcome: RestartOutcome) {
        var incident = climb([.cancel, .restart])
        for _ in 1...2 {
            #expect(incident.next() == .cancel)
            incident.report(outcome)
        }
        #expect(incident.next() == .restart)
    }

    @Test("is no start while the job of the restart still runs")
    func passingStop() {
        var incident = climb([.restart, .stopAndStart])
        #expect(incident.next() == .restart)
        incident.report(.accepted(jobID: "r1"))
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "r1", .running))
        incident.status("900")
        #expect(incident.pass(.seconds(600)) == [])
        #expect(incident.phase.label == "stalled")
    }

    @Test("waits out a status of a start that is not ours")
    func foreignStart() {
        var incident = climb([.restart, .stopAndStart]) {
            $0.posts = [WindowLimit(window: .seconds(7200), count: 3)]
        }
        incident.stopGraph()
        #expect(incident.phase.label == "stopped")
        incident.status("920")
        incident.cycle()
        #expect(incident.phase.label == "stopped")
        incident.status("200")
        incident.cycle()
        #expect(incident.phase.label == "external")
    }
}
