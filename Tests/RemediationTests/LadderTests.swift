import Diagnosis
import Remediation
import Testing
import Time

@Suite("A ladder") struct LadderTests {
    @Test("takes the cancel first and names the oldest task that is over its limit")
    func cancelFirst() throws {
        let young = CancellableTask(id: "9", kind: .algorithm, startedAt: Incident.start)
        let older = CancellableTask(
            id: "8",
            kind: .index,
            startedAt: Incident.start - .seconds(4 * 3600)
        )
        var incident = climb(tasks: [young, older, oldTask])
        incident.cycle()
        let intent = try #require(incident.intents.first)
        #expect(intent.action == .cancel)
        // The index build is older but below the limit of its kind.
        #expect(intent.task == oldTask)
        #expect(incident.effects.contains(.cancelTask(intent)))
    }

    @Test(
        "passes the cancel over without a named task over its limit",
        arguments: [nil, [], [CancellableTask(id: "9", kind: .filter, startedAt: Incident.start)]]
            as [[CancellableTask]?]
    )
    func noTask(tasks: [CancellableTask]?) {
        var incident = climb(tasks: tasks)
        incident.cycle()
        #expect(incident.action == .restart)
    }

    @Test("does nothing but restart by default, whatever runs")
    func defaultLadder() {
        var incident = climb(Policy().ladder.rungs)
        incident.cycle()
        #expect(incident.action == .restart)
        #expect(incident.intents.first?.task == nil)
    }

    @Test("restarts what hangs in an import, an export or a clear")
    func otherClasses() {
        var incident = climb()
        incident.requests = [Incident.request(Incident.g, .importing)]
        incident.status("202")
        incident[Incident.g].statusSince = Incident.start - .seconds(86_400)
        incident.cycle()
        #expect(incident.action == .restart)
    }

    @Test("a cancel that helps is verified like a restart and uses up no attempt")
    func cancelHelps() {
        var incident = climb()
        incident.cycle()
        incident.report(.accepted(jobID: nil))
        incident.answer(true)
        #expect(incident.pass(.seconds(180)) == [])
        #expect(incident.outcomes == [.verified])
        #expect(incident.phase.label == "cooling_down")
        #expect(incident.machine.record(of: Incident.g).attempts.first?.counts == false)
        let policy = incident[Incident.g].policy ?? Policy()
        #expect(incident.machine.budgetUse(of: policy, at: incident.now).map(\.used) == [0, 0])
        #expect(incident.machine.postUse(of: policy, at: incident.now).map(\.used) == [0])
    }

    struct CancelRow: Sendable, CustomTestStringConvertible {
        let outcome: RestartOutcome?
        let ending: AttemptOutcome
        /// How long the graph waits for the next rung.
        let wait: ClosedRange<Int>
        var testDescription: String { "\(outcome.map(\.label) ?? "silence")" }
    }

    static let cancels = [
        CancelRow(outcome: .accepted(jobID: nil), ending: .notRecovered, wait: 600...660),
        CancelRow(outcome: .unknown(reason: "reset"), ending: .probablyNotLanded, wait: 600...660),
        CancelRow(outcome: nil, ending: .probablyNotLanded, wait: 720...780),
        CancelRow(outcome: .refused(code: "GES.8303", message: ""), ending: .refused, wait: 0...60),
        CancelRow(
            outcome: .unauthorised(code: "x", message: ""),
            ending: .unauthorised,
            wait: 0...60
        ),
    ]

    @Test("a cancel in vain is followed by the restart and is never repeated", arguments: cancels)
    func cancelInVain(row: CancelRow) {
        var incident = climb()
        incident.cycle()
        let sentAt = incident.now
        if let outcome = row.outcome { incident.report(outcome) }
        if incident.action != .restart { #expect(incident.next() == .restart) }
        let waited = Int((incident.now - sentAt).wholeMilliseconds / 1000)
        #expect(row.wait.contains(waited), "\(waited) s")
        #expect(incident.actions == [.cancel, .restart])
        #expect(incident.outcomes == [row.ending, nil])
    }

    @Test("a cancel whose limit of the fleet is used up is passed over")
    func cancelLimit() {
        var incident = climb { $0.ladder.cancels = [WindowLimit(window: .seconds(3600), count: 1)] }
        incident.cycle()
        #expect(incident.action == .cancel)
        incident.report(.accepted(jobID: nil))
        incident.answer(true)
        _ = incident.pass(.seconds(180))
        let other = GraphID("other-1")
        incident[other].edition = "InMemory"
        incident[other].cancellableTasks = [oldTask]
        incident.requests = [Incident.request(other)]
        incident.answer(false, from: other)
        incident.cycle()
        #expect(incident.intents.first?.graphID == other)
        #expect(incident.action == .restart)
    }

    @Test("every gate is evaluated again before the next rung")
    func gatesAgain() {
        var incident = climb()
        incident.cycle()
        incident.report(.refused(code: "GES.8303", message: ""))
        var paused = climb()
        paused.cycle()
        paused.cycle(
            .seconds(5),
            .outcome(
                intentID: paused.phase.intent?.id ?? "",
                .accepted(jobID: nil),
                at: paused.now
            ),
            .order(
                Order(
                    id: "p",
                    .pause(.graph(Incident.g), until: paused.now + .seconds(3600)),
                    by: "kim",
                    reason: "work"
                )
            )
        )
        #expect(paused.pass(.seconds(1800)) == [])
        #expect(paused.labels.contains("paused"))
    }

    @Test("a new incident begins at the first rung")
    func newIncident() {
        var incident = climb()
        incident.cycle()
        incident.report(.accepted(jobID: nil))
        incident.answer(true)
        _ = incident.pass(.seconds(180))
        incident.answer(false)
        #expect(incident.next() == .cancel)
    }
}
