import StrictYAML
import Testing

/// The errors of a text, as `line:column: message`.
func complaints(_ text: String) -> [String] {
    YAMLDocument.parse(text, file: "f").issues.map { String($0.description.dropFirst(2)) }
}

@Suite("A YAML document")
struct YAMLDocumentTests {
    @Test("scalars are kept as text")
    func scalars() throws {
        let document = try #require(
            YAMLDocument.parse("a: no\nb: 1:30\nc: 0o14\nd: 2020-01-01\ne: \"x\"", file: "f")
                .document
        )
        guard case .mapping(let entries) = try #require(document.root).content else {
            Issue.record("not a mapping")
            return
        }
        let texts = entries.map { entry -> String in
            guard case .scalar(let text, _) = entry.value.content else { return "?" }
            return "\(entry.key)=\(text)"
        }
        #expect(texts == ["a=no", "b=1:30", "c=0o14", "d=2020-01-01", "e=x"])
    }

    @Test(
        "every duplicate key is reported at its place",
        arguments: [
            ("a: 1\na: 2", ["2:1: duplicate key \"a\", already set on line 1"]),
            (
                "a: {x: 1, 'x': 2}\nb: 1\nb: 2\nb: 3",
                [
                    "1:11: duplicate key \"x\", already set on line 1",
                    "3:1: duplicate key \"b\", already set on line 2",
                    "4:1: duplicate key \"b\", already set on line 2",
                ]
            ),
            ("k:\n  - {é: 1, é: 2}", ["2:12: duplicate key \"é\", already set on line 2"]),
        ]
    )
    func duplicateKeys(text: String, expected: [String]) {
        #expect(complaints(text) == expected)
    }

    @Test(
        "ordinary text is left alone",
        arguments: [
            "expr: a * b != 3", "expr: |\n  *a &b !c", "a: x &b *c", "a: 'x & y'", "a: \"!no\"",
            "a*: 1\na@: 2", "# & * !\na: 1", "a: x\n  *b", "a: 1\n---\n", "a: 1\n...\n",
            "a: 1\n...\n---\n# nothing\n---\n",
        ]
    )
    func ordinaryText(text: String) {
        #expect(complaints(text) == [])
    }

    @Test(
        "an error says what is wrong and where",
        arguments: [
            (
                "a: 1\n---\nb: 2",
                "2:1: a second document starts here; a file must contain one document"
            ),
            ("[a]: 1", "1:1: a key must be text, not a list"),
            ("? {b: 1}\n: 1", "1:3: a key must be text, not a mapping"),
            ("a: 1\r\nb: \u{7}x", "2:4: character U+0007 is not allowed in YAML"),
            ("a: [1, 2", "2:1: did not find expected ',' or ']'"), ("a: b: c", "1:5:"),
            ("a:\n\t- b", "2:1:"), ("\"a", "1:3:"),
        ]
    )
    func mistakes(text: String, expected: String) {
        let found = complaints(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test("a byte order mark is accepted at the start only")
    func byteOrderMark() {
        #expect(complaints("\u{FEFF}a: 1") == [])
        #expect(complaints("a: \u{FEFF}1") == ["1:4: character U+FEFF is not allowed in YAML"])
    }

    @Test("size and depth are bounded")
    func bounds() {
        let limits = YAMLDocument.Limits(maximumBytes: 20, maximumDepth: 3)
        let large = YAMLDocument.parse("a: 123456789012345678", file: "f", limits: limits)
        #expect(
            large.issues.map(\.description) == [
                "f:1:1: the file has 21 bytes, more than the limit of 20"
            ]
        )
        let deep = YAMLDocument.parse("[[[1]]]", file: "f", limits: limits)
        #expect(deep.issues.map(\.description) == ["f:1:4: nested deeper than 3 levels"])
        let deepest = String(repeating: "[", count: 100_000)
        #expect(complaints(deepest) == ["1:65: nested deeper than 64 levels"])
    }

    @Test("a document may be empty", arguments: ["", "\n# nothing\n", "---\n"])
    func empty(text: String) throws {
        let (document, issues) = YAMLDocument.parse(text, file: "f")
        #expect(issues.isEmpty)
        let root = try #require(document).root
        #expect(root?.isNull ?? true)
    }

    @Test("an issue has a message of bounded length")
    func longMessages() {
        let text = String(repeating: "é", count: 5_000)
        let issue = YAMLIssue(file: "f", mark: .start, message: text)
        #expect(issue.message.unicodeScalars.count == 2_001)
        #expect(issue.message.hasSuffix("é\u{2026}"))
    }
}
