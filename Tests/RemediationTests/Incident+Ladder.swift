import Diagnosis
import Remediation
import Testing
import Time

/// An incident with a ladder, a running algorithm that is over its limit, and a known edition.
func climb(
    _ rungs: [Rung] = Rung.allCases,
    mode: Mode = .auto,
    edition: String? = "InMemory",
    tasks: [CancellableTask]? = [oldTask],
    change: (inout Policy) -> Void = { _ in }
) -> Incident {
    var incident = Incident(mode: mode) { policy in
        policy.ladder.rungs = rungs
        policy.cooldown = .seconds(1800)
        change(&policy)
    }
    incident.requests = [Incident.request()]
    incident[Incident.g].edition = edition
    incident[Incident.g].cancellableTasks = tasks
    return incident
}

let oldTask = CancellableTask(
    id: "7",
    kind: .algorithm,
    startedAt: Incident.start - .seconds(3 * 3600)
)

extension Incident {
    var action: GraphAction? { intents.first?.action }

    var outcomes: [AttemptOutcome?] {
        machine.record(of: Self.g).attempts.map { $0.ending?.outcome }
    }

    var actions: [GraphAction] {
        machine.record(of: Self.g).attempts.map(\.action)
    }

    /// Goes on for as long, and returns what was sent meanwhile.
    mutating func pass(_ duration: Duration) -> [GraphAction] {
        let end = now + duration
        var sent: [GraphAction] = []
        while now < end {
            cycle()
            sent += intents.map(\.action)
        }
        return sent
    }

    /// Cycles until something is sent; nil if nothing is within a day.
    mutating func next() -> GraphAction? {
        let end = now + .seconds(24 * 3600)
        while now < end {
            cycle()
            if let action = intents.first?.action { return action }
        }
        return nil
    }

    mutating func report(_ outcome: RestartOutcome) {
        guard let id = phase.intent?.id else { return }
        cycle(.seconds(5), .outcome(intentID: id, outcome, at: now))
    }

    /// A restart that GES carries out and that does not bring the graph back.
    mutating func restartInVain() {
        #expect(next() == .restart)
        report(.accepted(jobID: "r1"))
        status("901")
        cycle()
        status("200")
        cycle(.seconds(120), .job(Self.g, jobID: "r1", .succeeded))
        #expect(phase.label == "verifying")
        _ = pass(.seconds(20 * 60))
        #expect(phase.label == "cooling_down")
    }

    /// As the agent stands after a stop that was carried out.
    mutating func stopGraph() {
        restartInVain()
        #expect(next() == .stop)
        report(.accepted(jobID: "s1"))
        status("901")
        cycle()
        status("900")
        cycle()
    }
}
