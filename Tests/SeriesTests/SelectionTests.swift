import Series
import TestSupport
import Testing

struct SelectionTests {
    private static let all: [Labels] = [
        ["__name__": "up", "job": "web", "zone": "a"],
        ["__name__": "up", "job": "db", "zone": "a"],
        ["__name__": "up", "job": "db"],
        ["__name__": "down", "job": "web"],
        ["__name__": "down"],
        [:],
    ]

    private var store: SeriesStore {
        var store = SeriesStore.large()
        for labels in Self.all { store.append(labels, 1, at: .at(1)) }
        return store
    }

    private func select(_ matchers: LabelMatcher...) -> [Labels] {
        let store = store
        return store.select(matchers).map(store.labels)
    }

    @Test("equality needs the label")
    func equality() {
        #expect(select(LabelMatcher(name: "job", .equal("db"))) == [Self.all[1], Self.all[2]])
        #expect(select(LabelMatcher(name: "job", .equal("none"))).isEmpty)
        #expect(select(LabelMatcher(name: "none", .equal("db"))).isEmpty)
    }

    @Test("the empty value selects series without the label")
    func emptyValue() {
        #expect(select(LabelMatcher(name: "zone", .equal(""))) == Array(Self.all[2...]))
        #expect(select(LabelMatcher(name: "zone", .notEqual(""))) == Array(Self.all[...1]))
        #expect(select(LabelMatcher(name: "none", .equal(""))) == Self.all)
    }

    @Test("inequality holds for series without the label")
    func inequality() {
        let found = select(LabelMatcher(name: "job", .notEqual("db")))
        #expect(found == [Self.all[0], Self.all[3], Self.all[4], Self.all[5]])
    }

    @Test("a pattern that does not match the empty text needs the label")
    func pattern() {
        let pattern = PredicatePattern.prefix("d")
        #expect(
            select(LabelMatcher(name: "job", .matches(pattern))) == [Self.all[1], Self.all[2]]
        )
        #expect(
            select(LabelMatcher(name: "job", .doesNotMatch(pattern)))
                == [Self.all[0], Self.all[3], Self.all[4], Self.all[5]]
        )
    }

    @Test("a pattern that matches the empty text holds without the label")
    func emptyPattern() {
        let pattern = PredicatePattern.oneOf(["", "web"])
        #expect(
            select(LabelMatcher(name: "job", .matches(pattern)))
                == [Self.all[0], Self.all[3], Self.all[4], Self.all[5]]
        )
    }

    @Test("all conditions must hold")
    func conjunction() {
        let found = select(
            LabelMatcher(name: "__name__", .equal("up")),
            LabelMatcher(name: "job", .matches(PredicatePattern.oneOf(["db", "web"]))),
            LabelMatcher(name: "zone", .equal("a")),
            LabelMatcher(name: "job", .notEqual("web"))
        )
        #expect(found == [Self.all[1]])
    }

    @Test("no condition selects every series")
    func noCondition() {
        #expect(select() == Self.all)
    }

    @Test("names and values are listed in order")
    func lists() {
        #expect(store.labelNames == ["__name__", "job", "zone"])
        #expect(store.labelValues(of: "job") == ["db", "web"])
        #expect(store.labelValues(of: "none").isEmpty)
    }

    @Test("selection agrees with a scan of every series", arguments: 0..<30 as Range<UInt64>)
    func slowTwin(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        var store = SeriesStore.large()
        var lastSeen: [Labels: Int] = [:]
        for step in 0..<400 {
            let labels = Self.randomLabels(&generator)
            store.append(labels, 1, at: .at(step))
            lastSeen[labels] = step
            if step % 150 == 149 { store.prune(before: .at(step - 60)) }
        }
        let alive = lastSeen.filter { $0.value >= 299 - 60 }.keys
        #expect(store.seriesCount == alive.count)
        for _ in 0..<100 {
            let matchers = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                Self.randomMatcher(&generator)
            }
            let found = store.select(matchers)
            let expected = alive.filter { labels in matchers.allSatisfy { $0.matches(labels) } }
            #expect(Set(found.map(store.labels)) == Set(expected), "\(matchers)")
            #expect(found.map(\.number) == found.map(\.number).sorted())
        }
    }

    private static func randomLabels(_ generator: inout SeededRandom) -> Labels {
        Labels(
            ["a", "b", "c"].map { name in
                let range = name == "c" ? 0...200 : 0...3
                let value = Int.random(in: range, using: &generator)
                return (name, value == 0 ? "" : "v\(value)")
            }
        )
    }

    private static func randomMatcher(_ generator: inout SeededRandom) -> LabelMatcher {
        let name = ["a", "b", "c", "d"].randomElement(using: &generator) ?? "a"
        let text = ["", "v", "v1", "v2", "v10"].randomElement(using: &generator) ?? ""
        let pattern: PredicatePattern =
            Bool.random(using: &generator) ? .prefix(text) : .oneOf([text, "v3"])
        return LabelMatcher(
            name: name,
            [.equal(text), .notEqual(text), .matches(pattern), .doesNotMatch(pattern)]
                .randomElement(using: &generator) ?? .equal(text)
        )
    }

    @Test("a series is active from its first sample through its last")
    func active() throws {
        var store = SeriesStore.large()
        for minute in 5...60 { store.append([:], 1, at: .at(minute)) }
        let series = try #require(store.select([]).first)
        let spans = [(0, 4, false), (0, 5, true), (7, 8, true), (60, 90, true), (61, 90, false)]
        for (start, end, expected) in spans {
            let isActive = store.isActive(series, from: .at(start), through: .at(end))
            #expect(isActive == expected, "\(start) to \(end)")
        }
    }
}
