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
        #expect(record.decisions.count == DecisionRecord.capacity + 1)
        #expect(record.decisions.last?.at == Self.now - .seconds(60))
        record = Self.record(1, [(.verified, nil, .seconds(91 * 86_400)), (nil, nil, .zero)])
        record.expireDecisions(at: Self.now)
        #expect(record.decisions.count == 1)
        record.expireDecisions(at: Self.now + .seconds(91 * 86_400))
        #expect(record == GraphRecord(id: record.id))
    }

    @Test("of a graph that is long gone, only decisions that count are kept")
    func keptOfGone() {
        let day = Duration.seconds(86_400)
        let record = Self.record(
            1,
            [
                (.verified, nil, day), (.recoveredAlone, nil, day), (.lateRecovery, nil, day),
                (.lateRecovery, false, day), (.restartedByOthers, nil, day),
                (.verified, nil, .seconds(91 * 86_400)),
            ]
        )
        let left = record.forgotten(at: Self.now).decisions.compactMap(\.outcome)
        #expect(left == [.right, .wrong, .wrong, .missed])
    }

    private static func many(
        _ reason: Judgement.Reason,
        _ count: Int
    ) -> [(reason: Judgement.Reason?, isRight: Bool?, age: Duration)] {
        (1...count).map { _ in (reason: reason, isRight: nil, age: .seconds(86_400)) }
    }

    @Test("what says nothing does not push out what was wrong, and labels stay longest")
    func eviction() {
        for reason in [Judgement.Reason.lateRecovery, .notSeen, .restartedByOthers] {
            let made = Self.many(.recoveredAlone, 3) + Self.many(reason, 300)
            let record = Self.record(1, made)
            #expect(Self.score([record]).wrong == 3, "\(reason)")
            #expect(record.decisions.count <= 2 * DecisionRecord.capacity + 1)
            #expect(Self.score((1...20).map { Self.record($0, made) }).wrong == 60)
        }
        var made = Self.many(.verified, 41)
        made[0].isRight = false
        #expect(Self.score([Self.record(1, made)]).wrong == 1)
    }

    @Test("a graph keeps as many decisions as its policy may ask for")
    func capacity() {
        var incident = Incident()
        #expect(incident[Incident.g].keptDecisionCount == DecisionRecord.capacity)
        incident.require(0.9, of: 20)
        #expect(incident[Incident.g].keptDecisionCount == 20)
        for _ in 1...25 {
            incident.setPolicy { $0.mode = .shadow }
            incident.answer(false)
            incident.requests = [Incident.request()]
            incident.cycle()
            incident.recover()
            incident.cycle()
        }
        #expect((20...21).contains(incident.score().judged), "\(incident.score())")
    }

    @Test("decisions about a graph that is gone count as long as any others")
    func gone() {
        var incident = Incident.decided()
        incident.recover()
        incident.cycle()
        incident.view.graphs[Incident.g] = nil
        incident.cycle()
        incident.cycle(.seconds(40 * 86_400))
        #expect(incident.score().wrong == 1)
        incident.cycle(.seconds(51 * 86_400))
        incident.cycle()
        #expect(incident.machine.record(of: Incident.g) == GraphRecord(id: Incident.g))
    }

    @Test("what another version wrote of decisions does not keep the record from being read")
    func unreadable() throws {
        let now = try Self.json(Self.now)
        let decision = #""entry":"prod","isOver":true,"incidentIDs":["g-1"],"at":\#(now)"#
        let judged = #""judgement":{"at":\#(now),"reason":"new"}"#
        let lists: [(text: String, kept: Int, unread: Int)] = [
            (#"[{\#(decision),"hangClass":"unresponsive","course":"new",\#(judged)}]"#, 1, 0),
            (#"[{\#(decision),"hangClass":"unresponsive","label":{"x":1}}]"#, 1, 0),
            (#"[{\#(decision),"hangClass":"new"},7]"#, 0, 2), ("{}", 0, 1), ("7", 0, 1),
        ]
        for list in lists {
            let text =
                #"{"attemptCount":3,"attempts":[],"id":"g","phase":{"phase":"idle"},"#
                + #""unsentInARow":0,"keptDecisions":\#(list.text)}"#
            let record = try JSONDecoder().decode(GraphRecord.self, from: Data(text.utf8))
            #expect(record.attemptCount == 3)
            #expect(record.decisions.count == list.kept, "\(list.text)")
            #expect(Scorecard([record], at: Self.now).unreadCount == list.unread, "\(list.text)")
            #expect(Self.score([record]).judged == 0)
        }
    }

    private static func json(_ instant: Timestamp) throws -> String {
        String(decoding: try JSONEncoder().encode(instant), as: UTF8.self)
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
