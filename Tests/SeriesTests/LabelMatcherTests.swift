import Series
import Testing

struct LabelMatcherTests {
    @Test("a matcher is written as in PromQL")
    func text() {
        let pattern = PredicatePattern.prefix("w")
        let matchers = [
            LabelMatcher(name: "job", .equal("a\"b")), LabelMatcher(name: "job", .notEqual("x")),
            LabelMatcher(name: "job", .matches(pattern)),
            LabelMatcher(name: "j.b", .doesNotMatch(pattern)),
        ]
        #expect(
            matchers.map(\.description) == [
                #"job="a\"b""#, #"job!="x""#, #"job=~"w.*""#, #""j.b"!~"w.*""#,
            ]
        )
    }

    @Test("matchers with the same text are equal")
    func equality() {
        let first = LabelMatcher(name: "job", .matches(PredicatePattern.prefix("w")))
        let second = LabelMatcher(name: "job", .matches(PredicatePattern.prefix("w")))
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(first != LabelMatcher(name: "job", .doesNotMatch(PredicatePattern.prefix("w"))))
        #expect(first != LabelMatcher(name: "job", .equal("w.*")))
    }

    @Test("matchers of canonically equivalent text differ")
    func equivalence() {
        #expect(!LabelMatcher(name: "x", .equal("\u{e9}")).matches("e\u{301}"))
        #expect(LabelMatcher(name: "x", .notEqual("\u{e9}")).matches("e\u{301}"))
    }
}
