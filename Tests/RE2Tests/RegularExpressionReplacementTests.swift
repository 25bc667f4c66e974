import Testing

@testable import RE2

struct CaptureTests {
    private func captures(_ pattern: String, _ text: String) throws -> [String?] {
        let expression = try RegularExpression(pattern)
        guard let match = expression.firstMatch(in: text) else { return [] }
        let bytes = Array(text.utf8)
        return (0..<6).map { number in
            match.capture(number).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    /// The whole match and captures 1 to 5.
    @Test(
        "captures prefer the leftmost match and the first choice",
        arguments: [
            ("(a+)(b+)", "xaabbb", ["aabbb", "aa", "bbb", nil, nil, nil]),
            ("(a|ab)(c|bcd)(d*)", "abcd", ["abcd", "a", "bcd", "", nil, nil]),
            ("(.*)-(.*)", "eu-west-1", ["eu-west-1", "eu-west", "1", nil, nil, nil]),
            ("(.*?)-(.*)", "eu-west-1", ["eu-west-1", "eu", "west-1", nil, nil, nil]),
            ("(?U)(.*)-(.*)$", "eu-west-1", ["eu-west-1", "eu", "west-1", nil, nil, nil]),
            ("(a)|(b)", "b", ["b", nil, "b", nil, nil, nil]),
            ("(a)?b", "b", ["b", nil, nil, nil, nil, nil]),
            ("(a*)*", "b", ["", "", nil, nil, nil, nil]),
            ("(a*)+", "b", ["", "", nil, nil, nil, nil]),
            ("(a|b)*", "abb", ["abb", "b", nil, nil, nil, nil]),
            ("(|a)*", "aa", ["", "", nil, nil, nil, nil]),
            ("(|a)+", "aa", ["", "", nil, nil, nil, nil]),
            ("(é)(漢)?x", "éx", ["éx", "é", nil, nil, nil, nil]),
            ("((a)(b)){2}", "abab", ["abab", "ab", "a", "b", nil, nil]),
            (#"\b(\w)(\w*)"#, "  one two", ["one", "o", "ne", nil, nil, nil]),
        ] as [(String, String, [String?])]
    )
    func leftmost(
        pattern: String,
        text: String,
        expected: [String?]
    ) throws {
        #expect(try captures(pattern, text) == expected)
    }

    @Test("without a match there are no captures")
    func noMatch() throws {
        #expect(try RegularExpression("(a)b").firstMatch(in: "ac") == nil)
        #expect(try RegularExpression(matchingWhole: "a").firstMatch(in: "ab") == nil)
    }
}

struct ReplacementTests {
    /// As in label_replace: the whole value must match.
    @Test(
        "references are filled in",
        arguments: [
            ("(.*):.*", "$1", "host:9100", "host"),
            ("(.*):(.*)", "$2:${1}", "host:9100", "9100:host"),
            ("(a)(b)?", "[$1$2]", "a", "[a]"),
            ("(?P<zone>[a-z]+)-(?<number>\\d+)", "$number/${zone}", "eu-1", "1/eu"),
            ("(a)", "$1x", "a", ""),
            ("(a)", "${1}x", "a", "ax"),
            ("a", "$0$0", "a", "aa"),
            ("a", "$$1", "a", "$1"),
            ("a", "$", "a", "$"),
            ("a", "$-", "a", "$-"),
            ("a", "${", "a", "${"),
            ("a", "${1", "a", "${1"),
            ("a", "${}", "a", "${}"),
            ("a", "${a-b}", "a", "${a-b}"),
            ("a", "$7", "a", ""),
            ("(a)", "$01", "a", ""),
            ("a", "$99999999999999999999", "a", ""),
            ("(?P<x>a)|(?P<x>b)", "<$x>", "b", "<b>"),
            ("(?P<名>a)".replacing("名", with: "n"), "$n漢", "a", ""),
            (".*", "plain", "", "plain"),
        ]
    )
    func references(
        pattern: String,
        template: String,
        text: String,
        expected: String
    ) throws {
        let expression = try RegularExpression(matchingWhole: pattern)
        #expect(expression.expand(ReplacementTemplate(template), matching: text) == expected)
    }

    @Test("without a match nothing is expanded")
    func noExpansion() throws {
        let expression = try RegularExpression(matchingWhole: "a")
        #expect(expression.expand(ReplacementTemplate("x"), matching: "ab") == nil)
    }

    /// The results of Go's `ReplaceAllString`.
    @Test(
        "every match is replaced",
        arguments: [
            ("a", "b", "banana", "bbnbnb"),
            ("a+", "x", "baaac", "bxc"),
            ("a*", "x", "baaac", "xbxcx"),
            ("", "-", "aé漢", "-a-é-漢-"),
            ("[aé]", "<$0>", "aéb", "<a><é>b"),
            ("(\\w+) (\\w+)", "$2 $1", "one two three four", "two one four three"),
            ("^", ">", "ab\ncd", ">ab\ncd"),
            ("(?m)^", ">", "ab\ncd", ">ab\n>cd"),
            ("$", "<", "ab", "ab<"),
            ("\\b", "|", "ab cd", "|ab| |cd|"),
            ("x", "y", "", ""),
            ("x*", "y", "", "y"),
            ("none", "y", "text", "text"),
            (".", "", "a\nb", "\n"),
            ("a|ab", "x", "abab", "xbxb"),
        ]
    )
    func everyMatch(
        pattern: String,
        template: String,
        text: String,
        expected: String
    ) throws {
        let expression = try RegularExpression(pattern)
        #expect(
            expression.replacingAll(in: text, with: ReplacementTemplate(template)) == expected
        )
    }
}
