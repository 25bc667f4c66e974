import Diagnosis
import Foundation
import Testing
import Time

@testable import Remediation

@Suite("The scorecard")
struct ScorecardTests {
    private static let now = Incident.start

    private static func record(
        _ number: Int,
        _ decisions: [(reason: Judgement.Reason?, isRight: Bool?, age: Duration)],
        entry: String = "prod"
    ) -> GraphRecord {
        var record = GraphRecord(id: GraphID("g\(number)"))
        for decision in decisions {
            let at = now - decision.age
            var made = DecisionRecord(.shadow, .unresponsive, entry: entry, at: at)
            made.judgement = decision.reason.map { Judgement(reason: $0, at: at) }
            made.label = decision.isRight.map {
                DecisionLabel(isRight: $0, by: "kim", reason: "log", at: at)
            }
            made.isOver = true
            record.append(made)
        }
        return record
    }

    private static func score(_ records: [GraphRecord]) -> Scorecard.Score {
        Scorecard(records, at: now).score(.unresponsive, entry: "prod")
    }

    @Test("counts what was seen, and instead of that the word of a person")
    func counts() {
        let day = Duration.seconds(86_400)
        let score = Self.score([
            Self.record(
                1,
                [
                    (.verified, nil, day), (.silentUntilRestart, nil, day),
                    (.recoveredAlone, nil, day), (.lateRecovery, nil, day),
                    (nil, nil, day), (.verified, false, day), (.notSeen, true, day),
                    (nil, true, day), (.restartedByOthers, nil, day),
                ]
            ),
            Self.record(2, [(.verified, nil, day)], entry: "other"),
            Self.record(3, [(.verified, nil, .seconds(91 * 86_400))]),
        ])
        #expect(score.right == 4 && score.wrong == 2 && score.unknown == 1)
        #expect(score.missed == 1 && score.pending == 1 && score.labelled == 3)
        #expect(score.precision == Proportion(4, of: 6))
        #expect(score.recall == Proportion(4, of: 5))
    }

    @Test("only the newest decisions of a pair count, in whatever order the graphs come")
    func window() {
        let old = (1...20).map { number in
            Self.record(
                number,
                (1...10).map { (.recoveredAlone, nil, .seconds(86_400 + $0)) }
            )
        }
        let new = (21...30).map { number in
            Self.record(number, (1...10).map { (.verified, nil, .seconds($0)) })
        }
        for records in [old + new, new + old] {
            let score = Self.score(records)
            #expect(score.right == 100 && score.wrong == 100)
        }
    }

    @Test("a graph keeps its newest decisions, and those that are not over however old")
    func retention() {
        var record = Self.record(1, (1...40).map { (.verified, nil, .seconds(100 - $0)) })
        #expect(record.decisions.count == DecisionRecord.capacity)
        #expect(record.decisions.last?.at == Self.now - .seconds(60))
        record = Self.record(1, [(.verified, nil, .seconds(91 * 86_400)), (nil, nil, .zero)])
        record.expireDecisions(at: Self.now)
        #expect(record.decisions.count == 1)
        record.expireDecisions(at: Self.now + .seconds(91 * 86_400))
        #expect(record == GraphRecord(id: record.id))
    }

    /// By R: `binom::binom.wilson(x, n)`.
    @Test(
        "bounds are those of Wilson's interval",
        arguments: [
            (0, 1, 0, 0.7935), (1, 1, 0.2065, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1),
            (9, 10, 0.5958, 0.9821), (5, 10, 0.2366, 0.7634), (190, 200, 0.9104, 0.9726),
        ]
    )
    func wilson(right: Int, total: Int, lower: Double, upper: Double) throws {
        let share = try #require(Proportion(right, of: total))
        #expect(abs(share.lowerBound - lower) < 0.0001)
        #expect(abs(share.upperBound - upper) < 0.0001)
    }

    @Test("a share lies within its bounds, and they close in with the number of cases")
    func bounds() throws {
        for total in 1...60 {
            for right in 0...total {
                let share = try #require(Proportion(right, of: total))
                #expect(0 <= share.lowerBound && share.lowerBound <= share.value)
                #expect(share.value <= share.upperBound && share.upperBound <= 1)
                let more = try #require(Proportion(right * 2, of: total * 2))
                let (width, narrower) = (
                    share.upperBound - share.lowerBound, more.upperBound - more.lowerBound
                )
                #expect(narrower < width)
            }
        }
        #expect(Proportion(0, of: 0) == nil && Proportion(2, of: 1) == nil)
    }

    @Test(
        "a percentage is never rounded up",
        arguments: [
            (0.95, "95 %"), (0.94999, "94.9 %"), (0.9999, "99.9 %"), (1, "100 %"), (0, "0 %"),
        ]
    )
    func percent(share: Double, text: String) {
        #expect(Proportion.percent(share) == text)
    }

    @Test("decisions survive a start, and records of earlier versions have none")
    func survival() throws {
        var incident = Incident.decided()
        incident.machine.noteIncident("g-1", of: Incident.g)
        incident.order(.label(incidentID: "g-1", isRight: false))
        incident.recover()
        let snapshot = incident.machine.snapshot
        let data = try JSONEncoder().encode(snapshot)
        let read = try JSONDecoder().decode(MachineSnapshot.self, from: data)
        #expect(read == snapshot)
        #expect(read.records.first?.decisions.first?.label?.by == "kim")
        let old =
            #"{"attemptCount":0,"attempts":[],"id":"g","phase":{"phase":"idle"},"unsentInARow":0}"#
        let record = try JSONDecoder().decode(GraphRecord.self, from: Data(old.utf8))
        #expect(record.decisions.isEmpty)
    }

    @Test("what is counted since the start has the outcome that was seen first")
    func counters() {
        var incident = Incident.decided()
        incident.recover()
        incident.cycle()
        let counts = incident.machine.counters.decisions
        #expect(counts.count == 1 && counts.values.first == 1)
        #expect(counts.keys.first?.outcome == .wrong)
        #expect(counts.keys.first?.key == Scorecard.Key(.unresponsive, entry: "prod"))
    }

    @Test("an agent that observes counts the decisions of the leader and changes none")
    func observer() {
        var leader = Incident.decided()
        leader.recover()
        var observer = Incident.decided(.off)
        observer.view.isObserving = true
        observer.machine.observe(leader.machine.snapshot, at: observer.now)
        observer.answer(true)
        observer.cycle()
        #expect(observer.machine.scorecard.score(.unresponsive, entry: "prod").wrong == 1)
        #expect(observer.machine.snapshot.records == leader.machine.snapshot.records)
        observer.order(.label(incidentID: "g-1", isRight: true))
        #expect(observer.answer?.hasPrefix("refused: this agent only observes") == true)
    }
}
