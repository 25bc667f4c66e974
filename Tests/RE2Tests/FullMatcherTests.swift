import Testing

@testable import RE2

struct FullMatcherTests {
    @Test(
        "patterns of few texts list them",
        arguments: [
            ("web", ["web"]),
            ("web|db", ["db", "web"]),
            ("(web|db)-(1|2)", ["db-1", "db-2", "web-1", "web-2"]),
            ("web|", ["", "web"]),
            ("webs?", ["web", "webs"]),
            ("a{1,2}", ["a", "aa"]),
            ("[ab]c", ["ac", "bc"]),
            ("a|a|(a)", ["a"]),
            ("", [""]),
            (#"a\.b"#, ["a.b"]),
            (#"[^\x00-\x{10FFFF}]"#, []),
        ]
    )
    func fewValues(pattern: String, texts: [String]) throws {
        #expect(try FullMatcher(pattern).texts?.sorted() == texts)
    }

    @Test(
        "other patterns have no list",
        arguments: ["web.*", ".+", "(a|b)*", "[a-z]{4}", "^a", "(?i)production", "a{17}"]
    )
    func manyValues(pattern: String) throws {
        #expect(try FullMatcher(pattern).texts == nil)
    }

    @Test("an alternation of many words stays a list")
    func manyWords() throws {
        let words = (0..<5000).map { "graph-\($0)" }
        let pattern = try FullMatcher("(?:" + words.joined(separator: "|") + ")")
        #expect(pattern.texts?.count == 5000)
        #expect(pattern.matches("graph-4999"))
        #expect(!pattern.matches("graph-5000"))
    }

    /// Pattern, values that match, values that do not.
    @Test(
        "wildcards are compared as text",
        arguments: [
            ("web.*", ["web", "web-1", "web\n"], ["we", "xweb"]),
            ("web.+", ["web-1", "webé"], ["web", "xweb1"]),
            (".*web", ["web", "aweb"], ["webs"]),
            (".+web", ["aweb", "webweb"], ["web"]),
            (".*web.*", ["web", "awebs", "wewebb"], ["we", "w-eb"]),
            (".+web.+", ["awebs", "webwebweb"], ["web", "aweb", "webs"]),
            (".*", ["", "x", "\n"], []),
            (".+", ["x", "é"], [""]),
            ("..+", ["xy", "éé"], ["x", "é"]),
            (".+.+", ["xy", "漢字"], ["漢", ""]),
            ("a.*b.*c", ["abc", "aXbYc", "abbcc"], ["acb", "ab", "abcd"]),
            ("ab.*ba", ["abba", "ab-ba"], ["aba", "ab"]),
            ("ab.+ba", ["ab-ba", "abbba"], ["abba", "aba"]),
            (".*aab.*", ["aaab", "xaaaabx"], ["aba"]),
            ("(.*)(web)(.*)", ["web", "1web2"], ["wed"]),
            (".*é.+", ["éx", "xéé"], ["é"]),
        ] as [(String, [String], [String])]
    )
    func wildcards(
        pattern: String,
        matching: [String],
        others: [String]
    ) throws {
        let value = try FullMatcher(pattern)
        #expect(matching.filter { !value.matches($0) }.isEmpty)
        #expect(others.filter { value.matches($0) }.isEmpty)
    }

    @Test("canonically equivalent text is different")
    func equivalence() throws {
        #expect(!(try FullMatcher("\u{e9}").matches("e\u{301}")))
        #expect(!(try FullMatcher("\u{e9}|x").matches("e\u{301}")))
    }
}

struct LinearTimeTests {
    private static let length = 20_000

    /// A backtracking matcher would take practically forever on each of these.
    @Test(
        "no pattern makes a long value slow",
        arguments: ["(a*)*b", "(a|aa)+b", "(a?){50}a{50}b", "(.*a){10}b", "([a-z]+)*[0-9]"]
    )
    func longValues(pattern: String) throws {
        let value = String(repeating: "a", count: Self.length)
        #expect(!(try FullMatcher(pattern).matches(value)))
    }

    @Test("captures of a long value take linear time too")
    func longCaptures() throws {
        let value = String(repeating: "a", count: Self.length)
        let expression = try RegularExpression(matchingWhole: "(a*)*(b?)")
        let template = ReplacementTemplate("$2|")
        #expect(expression.expand(template, matching: value) == "|")
    }

    @Test("a pattern without an automaton is still exact")
    func noAutomaton() throws {
        // The automaton would need 2^21 states.
        let pattern = try FullMatcher("[ab]*a[ab]{20}")
        #expect(pattern.matches(String(repeating: "ab", count: 200) + "a"))
        #expect(
            !pattern.matches(
                String(repeating: "ab", count: 200) + "b" + String(repeating: "a", count: 20)
            )
        )
    }
}
