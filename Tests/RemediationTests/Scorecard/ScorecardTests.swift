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
        var record = Self.record(1, (1...300).map { (.verified, nil, .seconds(1_000 - $0)) })
        #expect(record.decisions.count == GraphRecord.judgedDecisions + 1)
        #expect(record.decisions.last?.at == Self.now - .seconds(700))
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
        (1...count).map { (reason: reason, isRight: nil, age: .seconds(86_400 - Int64($0))) }
    }

    @Test("what says nothing does not push out what was wrong, and labels of it stay longest")
    func eviction() {
        for reason in [Judgement.Reason.lateRecovery, .notSeen, .restartedByOthers] {
            let made = Self.many(.recoveredAlone, 3) + Self.many(reason, 300)
            let record = Self.record(1, made)
            #expect(Self.score([record]).wrong == 3, "\(reason)")
            #expect(record.decisions.count <= GraphRecord.otherDecisions + 3)
            #expect(Self.score((1...20).map { Self.record($0, made) }).wrong == 60)
        }
        var made = Self.many(.verified, 300)
        made[0].isRight = false
        #expect(Self.record(1, made).decisions.first?.outcome == .wrong)
    }

    @Test("what was wrong never gives way to older decisions, whoever labelled them right")
    func labelsGiveWay() {
        for count in [16, 40, 300] {
            var made = Self.many(.verified, count)
            for index in made.indices { made[index].isRight = true }
            made += Self.many(.recoveredAlone, 310).suffix(10)
            let record = Self.record(1, made)
            #expect(record.decisions.suffix(10).allSatisfy { $0.outcome == .wrong }, "\(count)")
            #expect(Self.score([record]).wrong == 10, "\(count)")
            let all = made + Self.many(.recoveredAlone, 600).suffix(250)
            #expect(Self.score([Self.record(1, all)]).right == 0, "\(count)")
        }
    }

    @Test("kinds of hang and entries have places of their own")
    func ownPlaces() {
        var record = GraphRecord(id: Incident.g)
        for number in 1...30 {
            for (hangClass, entry) in [
                (HangClass.unresponsive, "prod"), (.importing, "prod"), (.importing, "old"),
            ] {
                let at = Self.now - .seconds(3600) + .seconds(Int64(number))
                var decision = DecisionRecord(.shadow, hangClass, entry: entry, at: at)
                decision.judgement = Judgement(reason: .verified, at: at)
                decision.isOver = true
                record.append(decision)
            }
        }
        let scorecard = Scorecard([record], at: Self.now)
        #expect(scorecard.scores.values.allSatisfy { $0.judged == 30 })
        #expect(scorecard.scores.count == 3)
    }

    /// A graph whose decisions were all labelled at great length.
    private static func verbose(_ number: Int, _ reason: Judgement.Reason) -> GraphRecord {
        var record = GraphRecord(id: GraphID("g\(number)"))
        for second in 1...100 {
            let at = now - .seconds(86_400) + .seconds(Int64(second))
            var decision = DecisionRecord(.shadow, .unresponsive, entry: "prod", at: at)
            decision.judgement = Judgement(reason: reason, at: at)
            let text = String(repeating: "x", count: 2_000)
            let isRight = reason.outcome == .right
            decision.label = DecisionLabel(isRight: isRight, by: "kim", reason: text, at: at)
            decision.isOver = true
            record.append(decision)
        }
        return record
    }

    @Test("the decisions of a graph take no more bytes than can be written")
    func bytesOfGraph() throws {
        let record = Self.verbose(1, .verified)
        #expect(record.decisions.count > 10 && record.decisions.count < 100)
        let data = try JSONEncoder().encode(record)
        #expect(data.count <= GraphRecord.decisionBytes)
        #expect(record.decisions.last?.at == Self.now - .seconds(86_300))
    }

    @Test("those of all graphs take no more than can be read, and what was wrong is lost last")
    func bytesOfFleet() {
        var incident = Incident()
        incident.now = Self.now
        for number in 1...60 {
            let record = Self.verbose(number, number <= 20 ? .recoveredAlone : .verified)
            incident.machine.update(record.id) { $0 = record }
        }
        let wrong = incident.machine.recordsInUse.flatMap(\.decisions)
            .count { $0.outcome == .wrong }
        incident.cycle()
        #expect(incident.machine.scorecard.bytes <= 8 << 20)
        #expect(incident.machine.scorecard.bytes > 6 << 20)
        #expect(incident.machine.counters.droppedDecisions > 0)
        let left = incident.machine.recordsInUse.flatMap(\.decisions)
        #expect(left.count { $0.outcome == .wrong } == wrong)
        #expect(left.contains { $0.outcome == .right })
    }

    @Test("a step that changes nothing looks at no graph that only remembers decisions")
    func resting() {
        var incident = Incident()
        incident.answer(true)
        incident.remember(right: 40, wrong: 0)
        incident.cycle()
        incident.cycle()
        #expect(incident.machine.awake.isEmpty)
        #expect(incident.machine.recordsInUse.count == 19)
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        #expect(incident.machine.awake == [Incident.g])
        #expect(
            Machine(restoring: incident.machine.snapshot, at: incident.now).awake == [Incident.g]
        )
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
        let new = #"\#(decision),"hangClass":"unresponsive","course":"new""#
        // One of an unknown kind of hang may be of each known one.
        let kinds = HangClass.allCases.count
        let lists: [(text: String, kept: Int, unread: Int)] = [
            (#"[{\#(new),\#(judged)}]"#, 1, 1), (#"[{\#(new),"judgement":{"x":1}}]"#, 1, 1),
            (#"[{\#(new),"label":{"x":1}}]"#, 1, 1),
            (#"[{\#(decision),"hangClass":"new"},7]"#, 0, kinds + 1), ("{}", 0, 1), ("7", 0, 1),
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
            let requirement = Requirement(precision: 0, decisions: 1)
            let made = Self.record(2, Self.many(.verified, 50))
            #expect(requirement.isMet(by: Self.score([made])))
            #expect(!requirement.isMet(by: Self.score([made, record])), "\(list.text)")
        }
    }

    @Test("what another version wrote is written back, and what it calls wrong is wrong")
    func writtenBack() throws {
        let now = try Self.json(Self.now)
        let decision = #"{"at":\#(now),"entry":"prod","incidentIDs":["g-1"],"isOver":true,"#
        let wrong = #""judgement":{"at":\#(now),"outcome":"wrong","reason":"new"}"#
        let lists = [
            #"[\#(decision)"course":"sent","hangClass":"unresponsive",\#(wrong)}]"#,
            #"[\#(decision)"hangClass":"new","rest":[1,2.5,"x",true,null,{"y":{}}]}]"#,
            #"[\#(decision)"hangClass":"unresponsive","label":{"stars":3}}]"#,
        ]
        for (index, list) in lists.enumerated() {
            let read = try JSONDecoder().decode(DecisionLog.self, from: Data(list.utf8))
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            let written = String(decoding: try encoder.encode(read), as: UTF8.self)
            let kept = [wrong, #""rest":[1,2.5,"x",true,null,{"y":{}}]"#, #""label":{"stars":3}"#]
            #expect(written.contains(kept[index]), "\(written)")
            var record = GraphRecord(id: Incident.g)
            record.keptDecisions = read
            #expect(Self.score([record]).wrong == (index == 0 ? 1 : 0))
            // Neither a further decision nor the next start loses it.
            record.append(DecisionRecord(.shadow, .importing, entry: "prod", at: Self.now))
            let data = try encoder.encode(record)
            let again = try JSONDecoder().decode(GraphRecord.self, from: data)
            #expect(again == record)
            #expect(Self.score([again]).unread == (index == 0 ? 0 : 1))
        }
    }

    @Test("what cannot be read is forgotten when it would no longer count")
    func unreadExpires() throws {
        var record = GraphRecord(id: Incident.g)
        record.keptDecisions = try JSONDecoder().decode(DecisionLog.self, from: Data("[7]".utf8))
        record.expireDecisions(at: Self.now)
        record.expireDecisions(at: Self.now + .seconds(89 * 86_400))
        #expect(Scorecard([record], at: Self.now).unreadCount == 1)
        #expect(record.forgotten(at: Self.now).keptDecisions == record.keptDecisions)
        for day in [91, 91] { record.expireDecisions(at: Self.now + .seconds(Int64(day) * 86_400)) }
        #expect(record == GraphRecord(id: Incident.g))
    }

    @Test("a label replaces one that cannot be read")
    func unreadLabel() throws {
        var incident = Incident.decided()
        incident.machine.update(Incident.g) {
            $0.decisions[0].unreadLabel = .object(["stars": .integer(3)])
        }
        incident.recover()
        #expect(incident.score().unknown == 1 && incident.score().unread == 1)
        incident.order(.label(incidentID: "g", isRight: true))
        #expect(incident.score().right == 1 && incident.score().unread == 0)
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
