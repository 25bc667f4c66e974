import PromQL
import Series
import TestSupport
import Testing
import Time

@testable import Cycle

@Suite("The index of silences")
struct SilenceIndexTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)

    private static func silence(
        _ id: Int,
        _ matchers: [LabelMatcher],
        from: Timestamp = now,
        to: Timestamp = now + .seconds(3600)
    ) -> Silence {
        Silence(
            id: "\(id)",
            createdBy: "kim",
            comment: "",
            startsAt: from,
            endsAt: to,
            matchers: matchers
        )
    }

    private static func number(_ answer: SilenceIndex.Answer) -> Int? {
        if case .covered(let silence) = answer { Int(silence.id) } else { nil }
    }

    private static func isCovered(_ alert: AlertLabels, by silence: Silence) -> Bool {
        silence.matchers.allSatisfy { matcher in
            alert.value(of: matcher.name).map(matcher.matches) ?? true
        }
    }

    private static func random(
        _ generator: inout SeededRandom
    ) throws -> (silence: [LabelMatcher], alert: AlertLabels) {
        let names = ["a", "b", "c"]
        let values = ["", "x", "y", "xy"]
        func pattern() throws -> LabelValuePattern {
            let patterns = ["x", "x|y", "x.*", ".*y", "", "x?", "(x|y)y"]
            return try LabelValuePattern(patterns.randomElement(using: &generator) ?? "")
        }
        let matchers = try (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            let value = values.randomElement(using: &generator) ?? ""
            let name = names.randomElement(using: &generator) ?? ""
            let condition: LabelMatcher.Condition =
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: .equal(value)
                case 1: .notEqual(value)
                case 2: .matches(try pattern())
                default: .doesNotMatch(try pattern())
                }
            return LabelMatcher(name: name, condition)
        }
        let labels = Labels(
            names.map { ($0, values.randomElement(using: &generator) ?? "") }
        )
        return (matchers, AlertLabels(labels, isWhole: Bool.random(using: &generator)))
    }

    @Test("finds the first silence that covers an alert, as trying all would", arguments: 0..<20)
    func sameAsTryingAll(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var silences: [Silence] = []
        var alerts: [AlertLabels] = []
        for id in 0..<60 {
            let (matchers, alert) = try Self.random(&generator)
            let from = Self.now + .seconds([-10, 0, 1].randomElement(using: &generator) ?? 0)
            silences.append(Self.silence(id, matchers, from: from))
            alerts.append(alert)
        }
        var index = SilenceIndex()
        for second in [0, 1, 0] {
            let now = Self.now + .seconds(second)
            index.begin(silences, at: now)
            for alert in alerts + alerts {
                let expected = silences.first { silence in
                    silence.startsAt <= now && Self.isCovered(alert, by: silence)
                }
                #expect(Self.number(index.answer(alert)).map(String.init) == expected?.id)
            }
        }
    }

    @Test("knows when silences begin and end")
    func times() throws {
        let matchers = [LabelMatcher(name: "a", .equal("x"))]
        let alert = AlertLabels(["a": "x"], isWhole: true)
        var index = SilenceIndex()
        var silences = [
            Self.silence(
                1,
                matchers,
                from: Self.now + .seconds(10),
                to: Self.now + .seconds(20)
            ), Self.silence(2, matchers, from: Self.now + .seconds(15)),
        ]
        var found: [Int?] = []
        for second in [9, 10, 14, 15, 19, 20, 3599, 3600, 12] {
            index.begin(silences, at: Self.now + .seconds(second))
            found.append(Self.number(index.answer(alert)))
        }
        #expect(found == [nil, 1, 1, 1, 1, 2, 2, nil, 1])
        silences = []
        index.begin(silences, at: Self.now + .seconds(12))
        #expect(index.isEmpty && index.answer(alert) == .free)
    }

    @Test("spreads over several steps what would take too long, and holds meanwhile")
    func bounded() throws {
        let count = SilenceBook.most
        let silences = try (0..<count).map { id in
            let pattern = try LabelValuePattern("[0-9]+-(a|b)*[c-f]*\(id)")
            return Self.silence(id, [LabelMatcher(name: "graph_name", .matches(pattern))])
        }
        let alerts = (0..<20).map { number in
            AlertLabels(["graph_name": "77-abccd\(number * 300)"], isWhole: true)
        }
        var index = SilenceIndex()
        var steps = 0
        var undecided = alerts.count
        while undecided > 0, steps < 100 {
            index.begin(silences, at: Self.now)
            let rest = alerts.count { index.answer($0) == .undecided }
            #expect(rest < undecided)
            undecided = rest
            steps += 1
        }
        #expect(steps > 1 && undecided == 0)
        index.begin(silences, at: Self.now)
        #expect(
            alerts.map { Self.number(index.answer($0)) }
                == (0..<20).map { $0 * 300 < count ? $0 * 300 : nil }
        )
    }
}
