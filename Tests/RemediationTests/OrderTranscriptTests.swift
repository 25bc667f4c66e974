import Diagnosis
import Remediation
import Testing
import Time

/// Incidents that involve operators or a mode, as an operator would read them afterwards.
@Suite struct OrderTranscriptTests {
    @Test("mode approve asks for approval, reminds, and evaluates all gates again")
    func approval() {
        var incident = Incident(mode: .approve)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.cycle(.seconds(3600))
        incident.answer(true)
        incident.order(.approve(Incident.g))
        incident.answer(false)
        incident.order(.approve(Incident.g), id: "o2")
        #expect(
            incident.text == """
                10:00:30 g approvalAsked: approval needed: GraphHung since 2026-11-23T09:45:00Z: \
                no answer for 15m (a person must approve it)
                10:00:30 g: hold
                11:00:30 g approvalExpired: nobody answered; asking again
                11:00:30 g approvalAsked: approval needed: GraphHung since 2026-11-23T09:45:00Z: \
                no answer for 15m (a person must approve it; asked at 2026-11-23T10:00:30Z)
                11:00:30 g heldTooLong: GraphHung has been held since 2026-11-23T10:00:30Z: a \
                person must approve it; asked at 2026-11-23T11:00:30Z
                11:01:00 g order: kim ordered: approve (on call); held: no hang is proved; \
                healthy: it answers
                11:01:00 -> answer o1: held: no hang is proved; healthy: it answers
                11:01:00 g held: GraphHung asks for a restart, but no hang is proved; healthy: it \
                answers
                11:01:30 g order: kim ordered: approve (on call); the restart begins
                11:01:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                11:01:30 -> RESTART g, attempt 1
                11:01:30 -> answer o2: the restart begins
                11:01:30 g: restart
                """
        )
    }

    @Test("an announced restart can be vetoed")
    func veto() {
        var incident = Incident { $0.veto = [.unresponsive: .seconds(300)] }
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.order(.reject(Incident.g))
        incident.cycle(.seconds(4 * 3600 - 30))
        incident.cycle()
        incident.cycle(.seconds(300))
        #expect(
            incident.text == """
                10:00:30 g announced: will be restarted at 2026-11-23T10:05:30Z unless vetoed: \
                GraphHung since 2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 g: hold
                10:01:00 g order: kim ordered: reject (on call); suspended until \
                2026-11-23T14:01:00Z
                10:01:00 -> answer o1: suspended until 2026-11-23T14:01:00Z
                10:01:00 g held: GraphHung asks for a restart, but suspended until \
                2026-11-23T14:01:00Z by kim: on call
                14:00:30 g heldTooLong: GraphHung has been held since 2026-11-23T10:00:30Z: \
                suspended until 2026-11-23T14:01:00Z by kim: on call; must be announced first
                14:01:00 g announced: will be restarted at 2026-11-23T14:06:00Z unless vetoed: \
                GraphHung since 2026-11-23T09:45:00Z: no answer for 15m
                14:06:00 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                14:06:00 -> RESTART g, attempt 1
                14:06:00 g: restart
                """
        )
    }

    @Test("mode shadow reports what auto would do, and when that would have been wrong")
    func shadow() {
        var incident = Incident(mode: .shadow)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.cycle()
        incident.requests = []
        incident.answer(true)
        incident.cycle(.seconds(600))
        #expect(
            incident.text == """
                10:00:30 g wouldRestart: would be restarted now: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 g: shadow
                10:11:00 g recoveredAlone: the alert ended after 10m30s without a restart
                10:11:00 g: idle
                """
        )
    }

    @Test("an operator may restart during a back-off but not during a restart")
    func coolDown() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.refused(code: "GES.7016", message: "The request is invalid."))
        incident.order(.restart(Incident.g, RestartTerms(overrides: [.cooldown])))
        incident.order(.restart(Incident.g), id: "o2")
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: refused: GES.7016 The request is invalid.
                10:01:00 g ended: attempt 1 was refused: GES.7016 The request is invalid.
                10:01:00 g held: GraphHung asks for a restart, but waiting until \
                2026-11-23T10:06:00Z: attempt 1 was refused: GES.7016 The request is invalid.
                10:01:00 g: hold
                10:01:30 g order: kim ordered: restart, overriding cooldown (on call); the restart \
                begins
                10:01:30 g intended: restarting "orders", attempt 2: ordered by kim: on call
                10:01:30 -> RESTART g, attempt 2
                10:01:30 -> answer o1: the restart begins
                10:01:30 g: restart
                10:02:00 g order: kim ordered: restart (on call); held: a restart of it is in \
                progress (intended)
                10:02:00 -> answer o2: held: a restart of it is in progress (intended)
                10:02:00 g: following
                """
        )
    }

    @Test("a pause allows no new restart but tracks one in progress to completion")
    func pause() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.accepted(jobID: "j1"))
        incident.order(.pause(.fleet, until: incident.now + .seconds(3600)))
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "j1", .failed(reason: "x")))
        incident.order(.restart(Incident.g), id: "o2")
        incident.cycle(.seconds(3600))
        #expect(
            incident.text == """
                10:00:30 g intended: restarting "orders", attempt 1: GraphHung since \
                2026-11-23T09:45:00Z: no answer for 15m
                10:00:30 -> RESTART g, attempt 1
                10:00:30 g: restart
                10:01:00 g outcome: accepted as job j1
                10:01:00 -> follow j1 of g
                10:01:00 g: following
                10:01:30 fleet order: kim ordered: pause the whole fleet until \
                2026-11-23T11:01:00Z (on call); paused until 2026-11-23T11:01:00Z; 1 restart in \
                progress goes on
                10:01:30 -> answer o1: paused until 2026-11-23T11:01:00Z; 1 restart in progress \
                goes on
                10:02:30 g stalled: the restart stalled: its job failed: x; a person must \
                acknowledge
                10:03:00 g order: kim ordered: restart (on call); held: the whole fleet is paused \
                until 2026-11-23T11:01:00Z by kim: on call; its last restart stalled at \
                2026-11-23T10:02:30Z; a person must acknowledge
                10:03:00 -> answer o2: held: the whole fleet is paused until \
                2026-11-23T11:01:00Z by kim: on call; its last restart stalled at \
                2026-11-23T10:02:30Z; a person must acknowledge
                11:03:00 fleet released: the pause of the whole fleet by kim ended
                """
        )
    }
}
