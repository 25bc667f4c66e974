import Testing

@testable import RE2

struct RegularExpressionErrorTests {
    /// The expected forms are those that Go 1.25's regexp/syntax prints.
    @Test(
        "errors are those of Go",
        arguments: [
            ("(", "missing closing ): `(`"),
            ("a(b", "missing closing ): `a(b`"),
            (")", "unexpected ): `)`"),
            ("(a))", "unexpected ): `(a))`"),
            ("[a", "missing closing ]: `[a`"),
            ("x[", "missing closing ]: `[`"),
            ("[]", "missing closing ]: `[]`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("[[:word1:]]", "invalid character class range: `[:word1:]`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("+?a", "missing argument to repetition operator: `+?`"),
            ("a|*", "missing argument to repetition operator: `*`"),
            ("(*)", "missing argument to repetition operator: `*`"),
            ("(?i){2}", "missing argument to repetition operator: `{2}`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a*?*b", "invalid nested repetition operator: `*?*`"),
            ("a+{2}", "invalid nested repetition operator: `+{2}`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{5,2}", "invalid repeat count: `{5,2}`"),
            ("a{99999999999}", "invalid repeat count: `{99999999999}`"),
            ("a{2,1001}", "invalid repeat count: `{2,1001}`"),
            ("(a{100}){11}?", "invalid repeat count: `{11}?`"),
            ("((a{2,}){100}){6}", "invalid repeat count: `{6}`"),
            (#"a\"#, "trailing backslash at end of expression: ``"),
            (#"(a)\1"#, #"invalid escape sequence: `\1`"#),
            (#"\8"#, #"invalid escape sequence: `\8`"#),
            (#"\Z"#, #"invalid escape sequence: `\Z`"#),
            (#"\C"#, #"invalid escape sequence: `\C`"#),
            (#"\x{110000}"#, #"invalid escape sequence: `\x{110000`"#),
            (#"\x{}"#, #"invalid escape sequence: `\x{}`"#),
            (#"\x{12"#, #"invalid escape sequence: `\x{12`"#),
            (#"\x1g"#, #"invalid escape sequence: `\x1g`"#),
            (#"\x4"#, #"invalid escape sequence: `\x4`"#),
            (#"\pX"#, #"invalid character class range: `\pX`"#),
            (#"\p{Klingon}"#, #"invalid character class range: `\p{Klingon}`"#),
            (#"\p{L"#, #"invalid character class range: `\p{L`"#),
            (#"[a-\d]"#, #"invalid escape sequence: `\d`"#),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
            ("a(?>b)", "invalid or unsupported Perl syntax: `(?>`"),
            ("(?<=a)b", "invalid named capture: `(?<=a)b`"),
            ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`"),
            ("(?x)", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
            ("(?P<n", "invalid named capture: `(?P<n`"),
            ("(?P<x y>a)", "invalid named capture: `(?P<x y>`"),
            ("(?P<>a)", "invalid named capture: `(?P<>`"),
            ("(?<n>a", "missing closing ): `(?<n>a`"),
        ]
    )
    func errors(pattern: String, message: String) {
        let error = #expect(throws: RegularExpressionError.self) {
            try RegularExpression(pattern)
        }
        #expect(error?.description == "error parsing regexp: " + message)
        #expect(throws: RegularExpressionError.self) { try FullMatcher(pattern) }
    }

    @Test("nesting is bounded")
    func nesting() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")*", count: depth)
        }
        #expect(try RegularExpression(nested(PatternParser.maximumDepth)).matches("aaa"))
        let error = #expect(throws: RegularExpressionError.self) {
            try RegularExpression(nested(PatternParser.maximumDepth + 1))
        }
        #expect(error?.reason == .nestsTooDeeply)
    }

    @Test(
        "a pattern that would take too much memory is refused",
        arguments: [
            // Every character is a class of its own.
            "(?:"
                + String(
                    String.UnicodeScalarView(
                        (0x4E00..<0x4E00 + 20_000).compactMap(Unicode.Scalar.init)
                    )
                )
                + ")*",
            String(repeating: "(a)?", count: 24_000),
        ]
    )
    func memory(pattern: String) {
        #expect(throws: RegularExpressionError.self) {
            try RegularExpression(matchingWhole: pattern)
        }
    }

    @Test("the size of the program is bounded")
    func program() throws {
        #expect(try FullMatcher("(.{10}){100}").matches(String(repeating: "x", count: 1000)))
        let huge = String(repeating: "(?i:name)x?.{999}", count: 120)
        let error = #expect(throws: RegularExpressionError.self) { try FullMatcher(huge) }
        #expect(error?.reason == .tooLarge)
    }
}

struct RegularExpressionSyntaxTests {
    /// Pattern, a text that it matches as a whole, one that it does not.
    @Test(
        "patterns mean the same as in Go",
        arguments: [
            ("abc", "abc", "abcd"),
            ("", "", "a"),
            ("a|b", "b", "ab"),
            ("|a", "", "b"),
            ("a||b", "", "c"),
            (".", "\n", ""),
            ("(?-s:.)", "x", "\n"),
            ("(?-s).(?s:.)", "x\n", "\nx"),
            ("[a-c]+", "abcabc", "abd"),
            ("[^a-c]+", "xyz\n", "xaz"),
            ("[]a]+", "]a]", "b"),
            ("[^]a]", "b", "]"),
            ("[a-]+", "a-a", "b"),
            ("[-a]+", "a-a", "b"),
            ("[a-c-e]+", "abc-e", "d"),
            (#"[\]\-\\]+"#, #"]-\"#, "a"),
            ("[[:alpha:][:digit:]_]+", "aZ0_", "a-"),
            ("[[:^alpha:]]", "1", "a"),
            ("[^[:^alpha:]]", "a", "1"),
            ("[[:punct:]]+", "!/:@[`{~", "a"),
            ("[[:xdigit:]]+", "09afAF", "g"),
            ("[[:space:]]", "\u{b}", "x"),
            (#"\s"#, " ", "\u{b}"),
            (#"\S\W\D"#, "x-y", "x-1"),
            (#"\d{2,3}"#, "123", "1234"),
            (#"[\d\s]+"#, "1 2\t", "a"),
            (#"[^\W]"#, "_", "-"),
            ("a{2}", "aa", "a"),
            ("a{2,}", "aaaa", "a"),
            ("a{0}b", "b", "ab"),
            ("a{,2}", "a{,2}", "aa"),
            ("a{x", "a{x", "a"),
            ("{", "{", ""),
            ("a{01}", "a{01}", "a"),
            ("a{2,1x", "a{2,1x", "a"),
            ("x*+?".replacing("*+?", with: "*"), "xx", "y"),
            (#"\x41\x{1F600}\101\0"#, "A\u{1f600}A\0", "AA"),
            (#"\a\f\t\n\r\v"#, "\u{7}\u{c}\t\n\r\u{b}", "a"),
            (#"\.\*\_\é"#.replacing("\\é", with: "é"), ".*_é", "a*_é"),
            (#"\Qa.b*\E+"#, "a.b**", "aXb*"),
            (#"\Qa.b"#, "a.b", "axb"),
            (#"\Q\E"#, "", "Q"),
            ("(?i)straße", "STRAßE", "STRASSE"),
            ("(?i)k", "\u{212a}", "x"),
            ("(?i)[r-t]+", "\u{17f}S", "u"),
            ("(?i)σ+", "Σσς", "s"),
            ("(?i:a)b", "Ab", "AB"),
            ("a(?i)b|c", "C", "AB"),
            ("(a(?i)b)c", "aBc", "aBC"),
            (#"(?i)\pL"#, "é", "1"),
            (#"(?i)\W"#, "-", "\u{212a}"),
            ("(?i)[^x]", "y", "X"),
            (#"\pL+"#, "Aé漢", "1"),
            (#"\p{Lu}\p{Ll}"#, "Éé", "éÉ"),
            (#"\PL\p{^L}"#, "1-", "a-"),
            (#"\P{^L}"#, "a", "1"),
            (#"\p{Han}+"#, "华为云", "か"),
            (#"\p{Greek}\p{Cyrillic}\p{Latin}"#, "αяz", "zzz"),
            (#"\p{Nd}"#, "٣", "a"),
            (#"\p{Sc}"#, "€", "$a"),
            (#"[\p{Lu}\d]+"#, "A1É", "a"),
            ("^abc$", "abc", "abcd"),
            (#"\Aabc\z"#, "abc", "abcd"),
            ("a^b", "none", "ab"),
            ("^*a", "a", "b"),
            (".*$a", "none", "ba"),
            ("(?m)a$\n^b", "a\nb", "a\nc"),
            ("a$\nb", "none", "a\nb"),
            (#"a\b-\bb"#, "a-b", "ab"),
            (#"a\Bb"#, "ab", "a-b"),
            (#"\b\w+\b"#, "word", "wo rd"),
            (#"\bé"#, "none", "é"),
            ("(?U)a+b", "aab", "b"),
            ("a+?b*?c??", "aabbc", "c"),
            ("(?:a|b)(?P<x>c)(?<y>d)", "bcd", "cd"),
            ("(?is)(?-i)A.", "A\n", "a\n"),
            ("😀+", "😀😀", "😁"),
            ("[α-ω]", "λ", "Λ"),
            (".é.", "xéy", "xey"),
            ("\u{65}\u{301}", "e\u{301}", "\u{e9}"),
        ]
    )
    func meaning(pattern: String, matching: String, other: String) throws {
        let value = try FullMatcher(pattern)
        let whole = try RegularExpression(matchingWhole: pattern)
        if matching != "none" {
            #expect(value.matches(matching))
            #expect(whole.matches(matching))
        }
        #expect(!value.matches(other))
        #expect(!whole.matches(other))
    }

    @Test(
        "an error quotes no more than the beginning of a long pattern",
        arguments: [("(?P<", "a"), ("[", "z-a"), ("", "("), ("\\p{", "x"), ("", "a{1000}")]
    )
    func longPatterns(head: String, part: String) throws {
        let pattern = head + String(repeating: part, count: 30_000)
        let error = #expect(throws: RegularExpressionError.self) {
            try RegularExpression(pattern)
        }
        #expect(try #require(error).description.count < 1_100)
    }
}
