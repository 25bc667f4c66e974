import Remediation
import Testing
import Time

/// Complete incidents, as an operator would read them afterwards.
@Suite struct TranscriptTests {
    @Test("a hung graph is restarted once and verified")
    func verified() {
        var incident = Incident { $0.evidenceTimeout = .seconds(60) }
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.cycle(.seconds(30), .evidence(Incident.g, summary: "2 tasks are running"))
        let id = incident.intents.first?.id ?? ""
        incident.cycle(
            .seconds(30),
            .outcome(intentID: id, .accepted(jobID: "j1"), at: incident.now)
        )
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .running))
        incident.status("200")
        incident.answer(true)
        incident.requests = []
        incident.cycle(.seconds(120), .job(Incident.g, jobID: "j1", .succeeded))
        for _ in 1...5 { incident.cycle() }
        incident.cycle(.seconds(3600))
        #expect(
            incident.text == """
                10:00:30 -> collect evidence of g (unresponsive) until 2026-11-23T10:01:30Z
                10:00:30 g: following
                10:01:00 g evidence: 2 tasks are running
                10:01:00 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:01:00 -> RESTART g, attempt 1
                10:01:00 g: restart
                10:01:30 g outcome: accepted as job j1
                10:01:30 -> follow j1 of g
                10:01:30 g: following
                10:04:00 g verifying: the graph runs again
                10:06:30 g ended: attempt 1 was verified
                11:06:30 g: idle
                """
        )
    }

    @Test("after a crash an intent without an outcome is searched for, never sent again")
    func crash() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.cycle()
        let id = incident.intents.first?.id ?? ""
        incident.restartAgent(after: .seconds(45))
        incident.cycle()
        let job = FoundJob(
            id: "j7",
            name: "RestartGraph",
            graphName: "orders",
            beganAt: Incident.start + .seconds(31),
            state: .running
        )
        incident.cycle(.seconds(30), .jobsFound(intentID: id, [job]))
        incident.requests = []
        incident.answer(true)
        incident.cycle(.seconds(240), .job(Incident.g, jobID: "j7", .succeeded))
        for _ in 1...5 { incident.cycle() }
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:15 the agent starts again
                10:01:45 -> search the job of g
                10:01:45 g: following
                10:02:15 g landed: the restart landed: job j7 began at 2026-11-23T10:00:31Z
                10:02:15 -> follow j7 of g
                10:06:15 g verifying: the graph runs again
                10:08:45 g ended: attempt 1 was verified
                """
        )
    }

    @Test("a lost answer without a trace takes the whole search time and a cool-down")
    func lostAnswer() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "timeout"))
        for _ in 1...60 { incident.cycle() }
        for _ in 1...120 { incident.cycle() }
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: outcome unknown: timeout
                10:01:00 -> search the job of g
                10:01:00 g: following
                10:26:30 g ended: attempt 1 probably never landed
                10:26:30 g held: GraphHung asks for a restart, but cooling down until \
                2026-11-23T11:26:30Z after attempt 1, which probably never landed
                10:26:30 g: hold
                10:56:30 g heldTooLong: GraphHung has been held since 2026-11-23T10:26:30Z: \
                cooling down until 2026-11-23T11:26:30Z after attempt 1, which probably never \
                landed
                11:26:30 g intended: restarting "orders", attempt 2: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                11:26:30 -> RESTART g, attempt 2
                11:26:30 g: restart
                11:27:00 g: following
                11:28:30 g outcome: no answer within 2m; searching for a trace of the restart
                11:28:30 -> search the job of g
                """
        )
    }

    @Test("an accepted restart that changes nothing waits for an operator")
    func stalled() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: nil))
        for _ in 1...60 { incident.cycle() }
        incident.order(.acknowledge(Incident.g))
        for _ in 1...120 { incident.cycle() }
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: accepted without a job id
                10:01:00 -> search the job of g
                10:01:00 g: following
                10:06:00 g stalled: the restart stalled: accepted, but its status stayed 200 for \
                5m; a person must acknowledge
                10:31:30 g order: kim ordered: acknowledge (on call); released; now cooling_down
                10:31:30 g ended: attempt 1 stalled
                10:31:30 -> answer o1: released; now cooling_down
                10:31:30 g held: GraphHung asks for a restart, but cooling down until \
                2026-11-23T11:31:30Z after attempt 1, which stalled
                10:31:30 g: hold
                11:01:30 g heldTooLong: GraphHung has been held since 2026-11-23T10:31:30Z: \
                cooling down until 2026-11-23T11:31:30Z after attempt 1, which stalled
                11:31:30 g intended: restarting "orders", attempt 2: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                11:31:30 -> RESTART g, attempt 2
                11:31:30 g: restart
                """
        )
    }

    @Test("a stalled graph that recovers must also be verified")
    func lateReturn() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "j1", .failed(reason: "no capacity")))
        incident.status("200")
        incident.answer(true)
        for _ in 1...8 { incident.cycle() }
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: accepted as job j1
                10:01:00 -> follow j1 of g
                10:01:00 g: following
                10:01:30 g stalled: the restart stalled: its job failed: no capacity; a person \
                must acknowledge
                10:02:00 g verifying: the stalled graph runs and answers again
                10:04:30 g ended: attempt 1 was verified
                10:04:30 g held: GraphHung asks for a restart, but no hang is proved; healthy: it \
                answers
                10:04:30 g: hold
                """
        )
    }

    @Test("the second failure in six hours waits for an operator")
    func exhausted() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        for attempt in 1...2 {
            incident.send(.accepted(jobID: "j\(attempt)"))
            incident.cycle(.seconds(60), .job(Incident.g, jobID: "j\(attempt)", .succeeded))
            incident.cycle(.seconds(1200))
            if attempt == 1 { incident.cycle(.seconds(3600)) }
        }
        incident.cycle(.seconds(86_400))
        incident.order(.acknowledge(Incident.g))
        incident.cycle(.seconds(1200))
        incident.cycle()
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: accepted as job j1
                10:01:00 -> follow j1 of g
                10:01:00 g: following
                10:02:00 g verifying: the graph runs again
                10:22:00 g ended: attempt 1 did not bring the graph back
                10:22:00 g held: GraphHung asks for a restart, but cooling down until \
                2026-11-23T11:22:00Z after attempt 1, which did not bring the graph back
                10:22:00 g: hold
                11:22:00 g intended: restarting "orders", attempt 2: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                11:22:00 -> RESTART g, attempt 2
                11:22:00 g: restart
                11:22:30 g outcome: accepted as job j2
                11:22:30 -> follow j2 of g
                11:22:30 g: following
                11:23:30 g verifying: the graph runs again
                11:43:30 g ended: attempt 2 did not bring the graph back
                11:43:30 g exhausted: exhausted: it has used 2 of 2 \
                attempts in 6h; a person must acknowledge
                11:43:30 g held: GraphHung asks for a restart, but exhausted since \
                2026-11-23T11:43:30Z; a person must acknowledge
                11:43:30 g: hold
                11:43:30 g heldTooLong: GraphHung has been held since 2026-11-23T11:43:30Z: \
                exhausted since 2026-11-23T11:43:30Z; a person must acknowledge
                11:44:00 g order: kim ordered: acknowledge (on call); released; observed until \
                2026-11-24T12:04:00Z
                11:44:00 -> answer o1: released; observed until 2026-11-24T12:04:00Z
                11:44:00 g held: GraphHung asks for a restart, but waiting until \
                2026-11-24T12:04:00Z: acknowledged by kim
                12:04:00 g intended: restarting "orders", attempt 3: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                12:04:00 -> RESTART g, attempt 3
                12:04:00 g: restart
                12:04:30 g: following
                """
        )
    }

    @Test("two unhealthy graphs are restarted in turn, the longer unhealthy one first")
    func turns() {
        var incident = Incident()
        let other = GraphID("other-7")
        incident.answer(false, from: other)
        incident.requests = [
            Incident.request(), Incident.request(other, activeFor: .seconds(1200)),
        ]
        incident.cycle()
        let first = incident.intents.first?.id ?? ""
        incident.cycle(
            .seconds(30),
            .outcome(intentID: first, .accepted(jobID: "j1"), at: incident.now)
        )
        incident.cycle(.seconds(60), .job(other, jobID: "j1", .succeeded))
        incident.requests.removeLast()
        incident.answer(true, from: other)
        for _ in 1...5 { incident.cycle() }
        #expect(
            incident.text == """
                10:00:30 other-7 intended: restarting "other", attempt 1: GraphHung since \
                2026-11-23T09:40:00Z: no answer for 15m
                10:00:30 -> RESTART other-7, attempt 1
                10:00:30 g held: GraphHung asks for a restart, but 1 of 1 places are taken: \
                other-7
                10:00:30 g: hold
                10:00:30 other-7: restart
                10:01:00 other-7 outcome: accepted as job j1
                10:01:00 -> follow j1 of other-7
                10:01:00 other-7: following
                10:02:00 other-7 verifying: the graph runs again
                10:04:30 other-7 ended: attempt 1 was verified
                10:04:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:04:30 -> RESTART g, attempt 1
                10:04:30 g: restart
                """
        )
    }

    @Test("a graph that someone else restarts is not restarted")
    func externalAction() {
        var incident = Incident { $0.stateChangeGrace = .zero }
        incident.status("901")
        incident.cycle()
        incident.status("200")
        incident.requests = [Incident.request()]
        incident.cycle(.seconds(300))
        incident.cycle(.seconds(3570))
        incident.cycle()
        #expect(
            incident.text == """
                10:00:30 g external: someone else is stopping or starting it: its status is 901
                10:00:30 g: following
                10:05:30 g held: GraphHung asks for a restart, but waiting until \
                2026-11-23T11:05:30Z: someone else stopped or started it
                10:05:30 g: hold
                11:05:00 g heldTooLong: GraphHung has been held since 2026-11-23T10:05:30Z: \
                waiting until 2026-11-23T11:05:30Z: someone else stopped or started it
                11:05:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                11:05:30 -> RESTART g, attempt 1
                11:05:30 g: restart
                """
        )
    }

    @Test("a restart that was not sent is retried with increasing delays")
    func backOff() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.notSent(reason: "connection refused"))
        for _ in 1...9 { incident.cycle() }
        incident.send(.throttled(retryAfter: .seconds(1800)))
        for _ in 1...59 { incident.cycle() }
        incident.cycle()
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: not sent: connection refused
                10:01:00 g ended: attempt 1 was not sent: connection refused
                10:01:00 g held: GraphHung asks for a restart, but waiting until \
                2026-11-23T10:06:00Z: attempt 1 was not sent: connection refused
                10:01:00 g: hold
                10:06:00 g intended: restarting "orders", attempt 2: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:06:00 -> RESTART g, attempt 2
                10:06:00 g: restart
                10:06:30 g outcome: throttled; may be sent again after 30m
                10:06:30 g ended: attempt 2 was throttled
                10:06:30 g held: GraphHung asks for a restart, but GES turned away the restart of g \
                and asks for no other one until 2026-11-23T10:36:30Z
                10:06:30 g: hold
                10:31:00 g heldTooLong: GraphHung has been held since 2026-11-23T10:01:00Z: \
                GES turned away the restart of g and asks for no other one until \
                2026-11-23T10:36:30Z; waiting until 2026-11-23T10:36:30Z: attempt 2 was throttled
                10:36:30 g intended: restarting "orders", attempt 3: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:36:30 -> RESTART g, attempt 3
                10:36:30 g: restart
                """
        )
    }
}
