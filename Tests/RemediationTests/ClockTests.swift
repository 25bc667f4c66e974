import Diagnosis
import Remediation
import TestSupport
import Testing
import Time

/// Setting the wall clock during an attempt.
@Suite struct ClockTests {
    private static let jumps: [Duration] = [-864_000, -3600, -7, 7, 3600, 864_000].map {
        .seconds($0)
    }

    @Test("a cool-down lasts as long as without the jump", arguments: jumps)
    func coolDown(jump: Duration) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.fail()
        incident.cycle(.seconds(600))
        incident.setClock(by: jump)
        incident.cycle(.milliseconds(3_000_000 - 1))
        #expect(incident.labels == ["cooldown"])
        incident.cycle(.milliseconds(1))
        #expect(incident.intents.map(\.attempt) == [2])
    }

    @Test("the search for an unknown outcome lasts as long as without the jump", arguments: jumps)
    func unknownOutcome(jump: Duration) {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "reset"))
        incident.setClock(by: jump)
        incident.cycle(.seconds(26 * 60 - 31))
        #expect(incident.phase.label == "unknown_outcome")
        incident.cycle(.seconds(1))
        #expect(incident.phase.label == "cooling_down")
    }

    @Test("a jump does not age attempts", arguments: jumps)
    func attempts(jump: Duration) {
        var incident = Incident { $0.cooldown = .seconds(60) }
        incident.requests = [Incident.request()]
        incident.fail()
        incident.setClock(by: jump)
        #expect(incident.machine.budgetUse(of: Policy(), at: incident.now).map(\.used) == [1, 1])
        incident.cycle(.seconds(600))
        incident.fail()
        #expect(incident.phase.label == "exhausted")
    }

    @Test("a job is recognised by its time on the new clock")
    func job() {
        var incident = Incident()
        incident.requests = [Incident.request()]
        incident.send(.unknown(reason: "reset"))
        guard let intent = incident.phase.intent else { return }
        incident.setClock(by: .seconds(3600))
        let job = FoundJob(
            id: "j",
            name: "RestartGraph",
            graphName: "orders",
            beganAt: intent.createdAt + .seconds(3605),
            state: .running
        )
        incident.cycle(.seconds(30), .jobsFound(intentID: intent.id, [job]))
        #expect(incident.phase.label == "restarting")
    }

    @Test("shifted times are written, and a jump there and back changes nothing")
    func written() {
        var incident = Incident { $0.verify.probes = 9 }
        incident.requests = [Incident.request()]
        incident.order(.pause(.graph(GraphID("other-1")), until: incident.now + .seconds(9000)))
        incident.send(.accepted(jobID: "j1"))
        incident.machine.changesWereRecorded()
        incident.machine.shift(by: .seconds(3600))
        #expect(incident.machine.changes.records == incident.machine.snapshot.records)
        #expect(incident.machine.changes.pauses == incident.machine.pauses)
        #expect(incident.machine.changes.intents.isEmpty)
        let there = incident.machine.snapshot
        incident.machine.shift(by: .seconds(-3600))
        #expect(incident.machine.snapshot != there)
        incident.machine.shift(by: .seconds(3600))
        #expect(incident.machine.snapshot == there)
    }

    /// The same course with and without jumps: everything happens at the same moment of real time,
    /// so nothing ever happens early.
    @Test(
        "everything happens at the same moment of real time, with jumps and without",
        arguments: 0..<60 as Range<UInt64>
    )
    func realTime(seed: UInt64) {
        let plain = course(seed, jumps: false)
        #expect(plain.contains { $0.contains("RESTART") })
        #expect(course(seed, jumps: true) == plain)
    }

    private func course(_ seed: UInt64, jumps: Bool) -> [String] {
        var random = SeededRandom(seed: seed)
        var clock = SeededRandom(seed: seed &+ 1)
        var incident = Incident {
            $0.cooldown = .seconds(900)
            $0.evidenceTimeout = .seconds(60)
            $0.veto = [.unresponsive: .seconds(120)]
            $0.maxAttempts[0].count = 4
        }
        incident.requests = [Incident.request()]
        var elapsed = Duration.zero
        var course: [String] = []
        for _ in 1...150 {
            if jumps, clock.chance(0.1) { incident.setClock(by: clock.seconds(-864_000...864_000)) }
            let step = random.seconds(20...600)
            elapsed += step
            let report = report(incident, &random)
            incident.answer(random.chance(0.3))
            incident.status(random.chance(0.9) ? "200" : "901")
            incident.cycle(step, report)
            let sent = incident.intents.map { "RESTART \($0.attempt)" }
            course.append("\(elapsed) \(incident.phase.label) \(sent)")
        }
        return course
    }

    private func report(_ incident: Incident, _ random: inout SeededRandom) -> Report {
        let outcomes: [RestartOutcome] = [
            .accepted(jobID: nil), .accepted(jobID: "j"), .unknown(reason: "reset"),
            .refused(code: "GES.7016", message: "no"), .notSent(reason: "connect"),
        ]
        let outcome = outcomes.randomElement(using: &random) ?? .accepted(jobID: nil)
        let isOver = random.chance(0.5)
        if case .intended(let intent) = incident.phase {
            return .outcome(intentID: intent.id, outcome, at: incident.now)
        }
        return .job(Incident.g, jobID: "j", isOver ? .succeeded : .running)
    }
}

extension Incident {
    /// Sets the wall clock: every recorded time is shifted to the new clock.
    mutating func setClock(by jump: Duration) {
        machine.shift(by: jump)
        now = now + jump
        view = view.shifted(by: jump)
        requests = requests.map { $0.shifted(by: jump) }
    }
}

extension FleetView {
    func shifted(by jump: Duration) -> FleetView {
        var view = self
        view.sightSince = sightSince.map { $0 + jump }
        view.graphs = graphs.mapValues { graph in
            var graph = graph
            graph.statusSince = graph.statusSince + jump
            graph.observedAt = graph.observedAt.map { $0 + jump }
            graph.probe = graph.probe.map { ProbeView(answered: $0.answered, at: $0.at + jump) }
            return graph
        }
        return view
    }
}

extension RestartRequest {
    func shifted(by jump: Duration) -> RestartRequest {
        var request = self
        request.activeAt = activeAt + jump
        return request
    }
}
