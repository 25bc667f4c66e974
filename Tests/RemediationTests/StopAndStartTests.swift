import Diagnosis
import Remediation
import Testing
import Time

@Suite("A stop and a start") struct StopAndStartTests {
    @Test("follow a restart that did not help, each with an intent of its own")
    func helps() throws {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        #expect(incident.phase.label == "stopped")
        #expect(incident.outcomes == [.notRecovered, .stopped])
        incident.cycle()
        let start = try #require(incident.intents.first)
        #expect(start.action == .start)
        #expect(start.expectedStatusCode == "900")
        incident.report(.accepted(jobID: "t1"))
        incident.status("920")
        incident.cycle()
        incident.status("200")
        incident.answer(true)
        incident.cycle(.seconds(60), .job(Incident.g, jobID: "t1", .succeeded))
        #expect(incident.pass(.seconds(180)) == [])
        #expect(incident.outcomes == [.notRecovered, .stopped, .verified])
        // The start ends no task.
        #expect(
            incident.machine.record(of: Incident.g).attempts.map(\.counts) == [true, true, false]
        )
    }

    @Test(
        "never touch the database edition, or one that is not told",
        arguments: ["Persistence", "persistence", "", nil] as [String?]
    )
    func edition(edition: String?) {
        var incident = climb([.restart, .stopAndStart], edition: edition)
        incident.restartInVain()
        #expect(incident.next() == .restart)
    }

    @Test("are not taken after a restart that may not have landed")
    func notLanded() {
        var incident = climb([.restart, .stopAndStart])
        #expect(incident.next() == .restart)
        incident.report(.unknown(reason: "reset"))
        #expect(incident.next() == .restart)
        #expect(incident.outcomes == [.probablyNotLanded, nil])
    }

    struct StopRow: Sendable, CustomTestStringConvertible {
        let outcome: RestartOutcome
        /// What is sent next; nil if a person must acknowledge.
        let next: GraphAction?
        var testDescription: String { outcome.label }
    }

    static let stops = [
        StopRow(outcome: .refused(code: "GES.7001", message: ""), next: nil),
        StopRow(outcome: .unknown(reason: "reset"), next: nil),
        StopRow(outcome: .notSent(reason: "changed"), next: .stop),
        StopRow(outcome: .throttled(retryAfter: nil), next: .stop),
        StopRow(outcome: .unauthorised(code: "x", message: ""), next: .stop),
    ]

    @Test("a stop that was not carried out is sent again only if that is certain", arguments: stops)
    func stopFails(row: StopRow) {
        var incident = climb([.restart, .stopAndStart]) {
            $0.maxAttempts = [WindowLimit(window: .seconds(86_400), count: 6)]
        }
        incident.restartInVain()
        #expect(incident.next() == .stop)
        incident.report(row.outcome)
        #expect(incident.next() == row.next)
        if row.next == nil { #expect(incident.phase.label == "exhausted") }
    }

    static let starts = [
        StopRow(outcome: .refused(code: "GES.7037", message: ""), next: nil),
        StopRow(outcome: .unauthorised(code: "x", message: ""), next: nil),
        StopRow(outcome: .unknown(reason: "reset"), next: nil),
        StopRow(outcome: .notSent(reason: "blind"), next: .start),
        StopRow(outcome: .throttled(retryAfter: nil), next: .start),
    ]

    @Test("a start that failed needs a person, unless it was certainly not sent", arguments: starts)
    func startFails(row: StopRow) {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        #expect(incident.next() == .start)
        incident.report(row.outcome)
        #expect(incident.next() == row.next)
        if row.next == nil { #expect(incident.phase.label == "exhausted") }
    }

    @Test("a start is decided a few times only")
    func startsAreFew() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        var starts = 0
        while incident.next() == .start {
            starts += 1
            incident.report(.notSent(reason: "no connection"))
        }
        #expect(starts == 3)
        #expect(incident.phase.label == "exhausted")
    }

    @Test(
        "a graph that is not in status 900 is not started",
        arguments: [
            ("901", "stopped"), ("920", "stopped"), ("200", "external"), ("300", "exhausted"),
        ]
    )
    func otherStatus(status: String, phase: String) {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        incident.status(status)
        incident.cycle()
        #expect(incident.intents == [])
        #expect(incident.phase.label == phase)
    }

    @Test("a stopped graph is not started while it is paused, and people read why")
    func paused() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        incident.order(.pause(.fleet, until: incident.now + .seconds(600)))
        #expect(incident.pass(.seconds(540)) == [])
        #expect(incident.phase.description.contains("but held: the whole fleet is paused"))
        #expect(incident.next() == .start)
    }

    @Test("a stopped graph that is not seen is not started")
    func unseen() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        let stopped = incident[Incident.g]
        for _ in 0..<20 {
            incident.now = incident.now + .seconds(30)
            incident.view.graphs[Incident.g] = stopped
            incident.step()
            #expect(incident.intents == [])
        }
        #expect(incident.next() == .start)
    }

    @Test("a restart that ends in status 900 is followed by a start alone")
    func stalled() {
        var incident = climb([.restart, .stopAndStart])
        #expect(incident.next() == .restart)
        incident.report(.accepted(jobID: "r1"))
        incident.status("901")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "r1", .failed(reason: "engine")))
        #expect(incident.phase.label == "restarting")
        incident.status("900")
        #expect(incident.next() == .start)
        #expect(incident.actions == [.restart, .start])
        #expect(incident.outcomes == [.stalled, nil])
    }

    @Test(
        "a restart that ends in status 900 is for a person in any other case",
        arguments: [
            ([.restart], .auto, "InMemory"), ([.restart, .stopAndStart], .approve, "InMemory"),
            ([.restart, .stopAndStart], .auto, "Persistence"),
        ] as [([Rung], Mode, String)]
    )
    func stalledForPerson(rungs: [Rung], mode: Mode, edition: String) {
        var incident = climb(rungs, mode: mode, edition: edition)
        if mode == .approve {
            incident.cycle()
            incident.order(.approve(Incident.g))
        } else {
            incident.cycle()
        }
        incident.report(.accepted(jobID: "r1"))
        incident.status("900")
        incident.cycle(.seconds(30), .job(Incident.g, jobID: "r1", .failed(reason: "engine")))
        #expect(incident.phase.label == "stalled")
        #expect(incident.pass(.seconds(3600)) == [])
    }
}
