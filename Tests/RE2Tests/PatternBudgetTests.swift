import Testing

@testable import RE2

@Suite("The cost of patterns")
struct PatternBudgetTests {
    /// Ninety-nine thousand instructions.
    private static func large(_ number: Int) -> String {
        String(repeating: "[ab]{1000}", count: 99) + "\(number)"
    }

    @Test("is limited for all patterns of an expression together")
    func together() throws {
        var budget = PatternBudget()
        for number in 0..<3 { _ = try FullMatcher(Self.large(number), within: &budget) }
        let error = #expect(throws: RegularExpressionError.self) {
            try FullMatcher(Self.large(3), within: &budget)
        }
        #expect(error?.reason == .tooLargeTogether)
        #expect(error.map { "\($0)".contains("more than 8388608 bytes together") } == true)
        #expect(error.map { "\($0)".utf8.count < 400 } == true)
        budget = PatternBudget()
        #expect(throws: RegularExpressionError.self) {
            for _ in 0..<4 {
                _ = try RegularExpression(matchingWhole: Self.large(1), within: &budget)
            }
        }
    }

    @Test("leaves room for a thousand ordinary patterns")
    func ordinary() throws {
        var budget = PatternBudget()
        for number in 0..<1_000 {
            _ = try FullMatcher("prod-[a-z]+-\(number)(-[0-9]{1,3})?", within: &budget)
            _ = try FullMatcher("a\(number)|b\(number)|c.*", within: &budget)
        }
    }

    @Test("counts lists of words too")
    func words() throws {
        var budget = PatternBudget()
        #expect(throws: RegularExpressionError.self) {
            for number in 0..<200 {
                let words = (0..<500).map {
                    "\(number)" + String(repeating: "w", count: 100) + "\($0)"
                }
                _ = try FullMatcher(words.joined(separator: "|"), within: &budget)
            }
        }
    }

    @Test("is limited in time; without time for an automaton a pattern is still exact")
    func visits() throws {
        var budget = PatternBudget()
        let before = budget.visits
        _ = try FullMatcher("[ab]*a[ab]{5}", within: &budget)
        #expect(budget.visits < before - 64)
        budget.visits = 0
        let pattern = try FullMatcher("[ab]*a[ab]{5}c*", within: &budget)
        #expect(pattern.matches("bbabbbbbcc"))
        #expect(!pattern.matches("bbbbbbbbcc"))
    }

    @Test("a prefix of many words is not repeated without bound")
    func prefix() throws {
        let prefix = String(repeating: "p", count: 20_000)
        let words = (0..<5_000).map { "\($0)" }
        let pattern = try FullMatcher(prefix + "(" + words.joined(separator: "|") + ")")
        #expect(pattern.texts == nil)
        #expect(pattern.matches(prefix + "4999"))
        #expect(!pattern.matches(prefix + "5000"))
        #expect(try FullMatcher(prefix).texts == [prefix])
    }

    @Test(
        "classes take no more memory than a small multiple of their text",
        arguments: [
            String(repeating: #"[\pLa]"#, count: 20_000),
            "[" + String(repeating: #"\pL"#, count: 20_000) + "]",
        ]
    )
    func classes(pattern: String) {
        let error = #expect(throws: RegularExpressionError.self) { try FullMatcher(pattern) }
        #expect(error?.reason == .tooLarge)
    }

    @Test("case is folded by a look-up", arguments: ["(?i)σ", "(?i)ς", "(?i)Σ", "(?i)[σ]"])
    func folding(pattern: String) throws {
        for text in ["σ", "ς", "Σ"] { #expect(try FullMatcher(pattern).matches(text), "\(text)") }
    }

    // MARK: Matching

    private struct Stop: Error {}

    @Test("a match can be ended in the middle")
    func interruption() throws {
        let text = String(repeating: "a", count: 1_000)
        let slow = String(repeating: "[ab]{0,900}", count: 20) + "c"
        let matcher = try FullMatcher("(?:a?){1000}" + slow)
        let expression = try RegularExpression(matchingWhole: "(a?){1000}" + slow)
        let template = ReplacementTemplate("$1")
        var (calls, steps) = (0, 0)
        func work(_ count: Int) throws(Stop) {
            calls += 1
            steps += count
            if calls == 3 { throw Stop() }
        }
        #expect(throws: Stop.self) { () throws in try matcher.matches(text, work) }
        #expect(calls == 3 && steps < 1_000_000)
        calls = 0
        #expect(throws: Stop.self) { () throws in
            try expression.expand(template, matching: text, maximumBytes: .max, work)
        }
        #expect(calls == 3)
    }

    @Test("the steps of a match are at most as many as foreseen", arguments: ["(a|b)*c", "a.*"])
    func steps(pattern: String) throws {
        let matcher = try FullMatcher(pattern)
        let text = String(repeating: "a", count: 1_000)
        var steps = 0
        let isMatch = matcher.matches(text) { steps += $0 }
        #expect(isMatch == matcher.matches(text))
        #expect(steps > 0 && steps <= matcher.stepCount(forBytes: 1_000))
    }
}
