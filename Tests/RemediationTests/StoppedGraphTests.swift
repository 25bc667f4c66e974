import Diagnosis
import Remediation
import Testing
import Time

/// A graph that we have stopped must be started, and by us: it is down while it waits.
@Suite("A graph that was stopped") struct StoppedGraphTests {
    struct Hold: Sendable, CustomTestStringConvertible {
        /// Part of what people read.
        let text: String
        let close: @Sendable (inout Incident) -> Void
        var testDescription: String { text }

        init(_ text: String, _ close: @escaping @Sendable (inout Incident) -> Void) {
            self.text = text
            self.close = close
        }

        static func external(_ text: String, _ hold: ExternalHold) -> Hold {
            Hold(text) { $0[Incident.g].externalHolds = [hold] }
        }

        static let all: [Hold] = [
            Hold("mode is off") { $0.setPolicy { $0.mode = .off } },
            Hold("mode is shadow") { $0.setPolicy { $0.mode = .shadow } },
            Hold("no entry of graphs") { $0[Incident.g].policy = nil },
            Hold("the disk is broken") { $0.view.detectOnly = "the disk is broken" },
            .external("another agent is the leader", .notLeader(leader: "b")),
            .external("blocked by the alert Backup", .blocked(by: "Backup", since: nil)),
            .external("silenced by s1", .silenced(by: "s1", ends: nil)),
            .external(
                "maintenance window \"night\"",
                .maintenance(window: "night", ends: nil, observe: .zero)
            ),
            .external(
                "the cloud is in trouble",
                .providerIncident(
                    ProviderIncident(failed: 9, throttled: 0, requests: 10, since: Incident.start)
                )
            ),
        ]
    }

    @Test(
        "is not started while this holds it, people read why, and then it is",
        arguments: Hold.all
    )
    func held(by hold: Hold) {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        let before = incident[Incident.g]
        let detectOnly = incident.view.detectOnly
        hold.close(&incident)
        #expect(incident.pass(.seconds(540)) == [])
        #expect(incident.phase.description.contains("but held: "))
        #expect(incident.phase.description.contains(hold.text), "\(incident.phase)")
        incident[Incident.g].externalHolds = before.externalHolds
        incident[Incident.g].policy = before.policy
        incident.view.detectOnly = detectOnly
        #expect(incident.next() == .start)
    }

    @Test("is left to a person if its start is held for too long")
    func deadline() {
        var incident = climb([.restart, .stopAndStart])
        incident.stopGraph()
        incident.order(.pause(.fleet, until: incident.now + .seconds(86_400)))
        #expect(incident.pass(.seconds(45 * 60)) == [])
        #expect(incident.phase.label == "exhausted")
        let reason = "stopped and was not started in time: the whole fleet is paused"
        #expect(incident.text.contains(reason))
        #expect(incident.pass(.seconds(7200)) == [])
    }

    @Test("is not stopped before there is room for its start too")
    func roomForStart() {
        var incident = climb([.restart, .stopAndStart]) {
            $0.posts = [WindowLimit(window: .seconds(7200), count: 2)]
        }
        let restartedAt = incident.now
        incident.restartInVain()
        #expect(incident.next() == .stop)
        #expect(incident.now - restartedAt >= .seconds(7200))
    }

    @Test("keeps room for its start while others ask for restarts")
    func roomKept() {
        let other = GraphID("other-1")
        var incident = climb([.restart, .stopAndStart]) {
            $0.posts = [WindowLimit(window: .seconds(7 * 86_400), count: 3)]
            $0.maxConcurrent = 9
        }
        incident.stopGraph()
        incident.order(.pause(.graph(Incident.g), until: incident.now + .seconds(1800)))
        incident.answer(false, from: other)
        incident.requests.append(Incident.request(other))
        #expect(incident.pass(.seconds(1200)) == [])
        let held = incident.machine.decisions[other]?.holdReasons.map(\.description) ?? []
        #expect(held.contains { $0.contains("3 of 3 requests") }, "\(held)")
        incident.order(.resume(.graph(Incident.g)), id: "r")
        #expect(incident.next() == .start)
    }

    struct StopCourse: Sendable, CustomTestStringConvertible {
        let statuses: [String]
        var job: JobState = .running
        let phase: String
        var testDescription: String { "\(statuses), job \(job): \(phase)" }
    }

    @Test(
        "is judged by its status first",
        arguments: [
            StopCourse(statuses: ["200"], phase: "restarting"),
            StopCourse(statuses: ["901", "200"], phase: "verifying"),
            StopCourse(
                statuses: ["901", "900"],
                job: .failed(reason: "no"),
                phase: "stopped"
            ),
            StopCourse(statuses: ["200"], job: .failed(reason: "no"), phase: "stalled"),
        ]
    )
    func course(_ course: StopCourse) {
        var incident = climb([.restart, .stopAndStart])
        incident.restartInVain()
        #expect(incident.next() == .stop)
        incident.report(.accepted(jobID: "s1"))
        for status in course.statuses {
            incident.status(status)
            incident.cycle(.seconds(30), .job(Incident.g, jobID: "s1", course.job))
        }
        #expect(incident.phase.label == course.phase)
        #expect(!incident.actions.contains(.start))
    }
}
