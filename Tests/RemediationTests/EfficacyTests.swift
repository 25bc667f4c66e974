import Diagnosis
import Testing
import Time

@testable import Remediation

extension Incident {
    /// Restarts of `other-1`, `other-2` and so on, which ended that way an hour apart, the first one
    /// five hours ago.
    mutating func remember(_ outcomes: [AttemptOutcome]) {
        for (index, outcome) in outcomes.enumerated() {
            let id = GraphID("other-\(index + 1)")
            let at = now - .seconds(3600 * (5 - Int64(index)))
            let intent = Intent(
                request: Incident.request(id),
                graphName: id.rawValue,
                attempt: 1,
                createdAt: at - .seconds(600)
            )
            var attempt = Attempt(of: intent)
            attempt.ending = Attempt.Ending(outcome: outcome, at: at)
            var record = machine.records[id] ?? GraphRecord(id: id)
            record.attempts.append(attempt)
            machine.update(id) { $0 = record }
        }
    }
}

@Suite("Whether restarts help")
struct EfficacyTests {
    private static func isHeld(_ outcomes: [AttemptOutcome]) -> Bool {
        var incident = Incident()
        incident.remember(outcomes)
        incident.requests = [Incident.request()]
        incident.step()
        return incident.labels == ["ineffective"]
    }

    @Test(
        "holds restarts when two of the three graphs restarted last did not come back",
        arguments: [
            ([.notRecovered, .notRecovered, .notRecovered], true),
            ([.notRecovered, .verified, .stalled], true),
            // The newest one helped.
            ([.notRecovered, .stalled, .verified], false),
            ([.verified, .notRecovered, .notRecovered], true),
            ([.notRecovered, .verified, .verified], false),
            // One graph that no restart heals, or two, may have faults of their own.
            ([.notRecovered], false), ([.notRecovered, .notRecovered], false),
            // Only the newest three count.
            ([.notRecovered, .notRecovered, .verified, .verified], false),
            // What was not done says nothing.
            ([.refused, .probablyNotLanded, .notSent, .throttled], false),
            ([.notRecovered, .notRecovered, .refused], false),
        ] as [([AttemptOutcome], Bool)]
    )
    func counts(outcomes: [AttemptOutcome], isHeld: Bool) {
        #expect(Self.isHeld(outcomes) == isHeld)
    }

    @Test("ends when a failure is a day old, or a person has acknowledged one")
    func ends() {
        var incident = Incident()
        incident.remember([.notRecovered, .verified, .notRecovered])
        var efficacy = Efficacy(incident.machine.records.values, at: incident.now)
        #expect(efficacy.isPoor)
        #expect(efficacy.until == incident.now + .seconds(19 * 3600))
        var last = Incident()
        last.remember([.verified, .notRecovered, .notRecovered])
        // Without the oldest, whatever became of it, there are too few to judge by.
        let records = last.machine.records.values
        #expect(Efficacy(records, at: last.now).until == last.now + .seconds(19 * 3600))
        #expect(!Efficacy(records, at: last.now + .seconds(19 * 3600)).isPoor)
        let end = incident.now + .seconds(19 * 3600)
        #expect(!Efficacy(incident.machine.records.values, at: end).isPoor)
        #expect(Efficacy(incident.machine.records.values, at: end - .milliseconds(1)).isPoor)
        let first = GraphID("other-1")
        incident.machine.records[first]?.acknowledgedAt = incident.now
        efficacy = Efficacy(incident.machine.records.values, at: incident.now)
        #expect(!efficacy.isPoor)
        #expect(efficacy.failed.map(\.graphID) == [GraphID("other-3")])
    }

    @Test("counts each graph once, with its newest restart")
    func oncePerGraph() {
        var incident = Incident()
        incident.remember([.notRecovered, .notRecovered, .notRecovered])
        // The same graphs again, later.
        for _ in 0..<2 { incident.remember([.verified, .verified]) }
        let efficacy = Efficacy(incident.machine.records.values, at: incident.now)
        #expect(efficacy.count == 3)
        #expect(efficacy.failed.map(\.graphID) == [GraphID("other-3")])
    }

    @Test("does not bind a person")
    func persons() {
        var incident = Incident()
        incident.remember([.notRecovered, .notRecovered, .notRecovered])
        incident.requests = [Incident.request()]
        incident.step()
        #expect(incident.intents.isEmpty)
        incident.order(.restart(Incident.g))
        #expect(incident.intents.map(\.graphID) == [Incident.g])
    }
}
