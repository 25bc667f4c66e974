import PromQL
import Series
import Testing
import Time

struct LabelValuePatternTests {
    @Test("a pattern selects series like a matcher")
    func matcher() throws {
        var store = SeriesStore(retention: .seconds(60), maximumSeries: 10)
        for job in ["web-1", "web-2", "db-1"] {
            store.append(["job": job], 1, at: Timestamp(milliseconds: 0))
        }
        func jobs(_ condition: LabelMatcher.Condition) -> [String] {
            store.select([LabelMatcher(name: "job", condition)]).map { store.labels(of: $0)["job"] }
        }
        let web = try LabelValuePattern("web-.*")
        #expect(jobs(.matches(web)) == ["web-1", "web-2"])
        #expect(jobs(.doesNotMatch(web)) == ["db-1"])
        #expect(jobs(.matches(try LabelValuePattern("db-1|none"))) == ["db-1"])
    }

    /// The index of a store looks up listed values instead of matching every value.
    @Test(
        "a pattern lists its values where it can",
        arguments: [("web|db", ["db", "web"]), ("web.*", nil)] as [(String, [String]?)]
    )
    func values(pattern: String, values: [String]?) throws {
        #expect(try LabelValuePattern(pattern).literals?.sorted() == values)
    }

    @Test("patterns with the same text are equal")
    func equality() throws {
        let pattern = try LabelValuePattern("caf\u{e9}.*")
        #expect(pattern == (try LabelValuePattern("caf\u{e9}.*")))
        #expect(pattern != (try LabelValuePattern("cafe\u{301}.*")))
        #expect(pattern != (try LabelValuePattern("(?:caf\u{e9}.*)")))
    }

    @Test("the regular expressions of one text are compiled once and limited together")
    func patterns() throws {
        let large = String(repeating: "[ab]{1000}", count: 99)
        func selector(_ count: Int, distinct: Bool) -> String {
            let matchers = (0..<count).map { "a=~\"\(large)\(distinct ? $0 : 0)\"" }
            return "{" + matchers.joined(separator: ",") + "}"
        }
        _ = try Expression.parse(selector(200, distinct: false))
        let error = #expect(throws: ParseError.self) {
            try Expression.parse(selector(4, distinct: true))
        }
        #expect(error?.message.contains("take more than 8388608 bytes together") == true)
        _ = try Expression.parseSelectors(Array(repeating: selector(3, distinct: true), count: 9))
        #expect(throws: ParseError.self) {
            try Expression.parseSelectors((0..<4).map { "{a=~\"\(large)\($0)\"}" })
        }
    }
}
