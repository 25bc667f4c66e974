import StrictYAML
import Testing

/// The content of a text in flow style: scalars that YAML's rules may reinterpret stand as they
/// are, all other text in single quotes.
private func flow(_ text: String, dialect: YAMLDocument.Dialect = .strict) -> String {
    let (document, issues) = YAMLDocument.parse(text, file: "f", dialect: dialect)
    guard let document else { return issues.map(\.description).joined(separator: "\n") }
    return document.root.map(flow) ?? "nothing"
}

private func flow(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let text, let isPlain):
        node.isNull ? "null" : isPlain ? text : "'\(text)'"
    case .sequence(let items):
        "[" + items.map(flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
        "{" + entries.map { "\($0.key): \(flow($0.value))" }.joined(separator: ", ") + "}"
    }
}

@Suite("Anchors, aliases, merge keys and tags")
struct ReferenceTests {
    @Test(
        "an alias stands for the value of the latest anchor of its name",
        arguments: [
            ("a: &x 1\nb: *x", "{a: 1, b: 1}"),
            ("a: &x {k: [1, 'null']}\nb: *x", "{a: {k: [1, 'null']}, b: {k: [1, 'null']}}"),
            ("- &x 1\n- *x\n- &x 2\n- *x", "[1, 1, 2, 2]"),
            ("? &x a\n: 1\nb: *x", "{a: 1, b: a}"), ("a: &x k\n*x : 2", "{a: k, k: 2}"),
            ("a: &x\nb: *x", "{a: null, b: null}"),
            ("a: &x [&y 1]\nb: [*y, *x]", "{a: [1], b: [1, [1]]}"),
        ]
    )
    func aliases(text: String, expected: String) {
        #expect(flow(text) == expected)
    }

    @Test(
        "a merge key adds what the mapping does not set itself",
        arguments: [
            ("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}", "{a: {k: 1, l: 2}, b: {k: 3, l: 2}}"),
            ("a: &x {k: 1}\nb: {k: 3, <<: *x}", "{a: {k: 1}, b: {k: 3}}"),
            ("<<: {k: 1}\nl: 2", "{l: 2, k: 1}"),
            ("<<: [{k: 1}, {k: 2, l: 3}]", "{k: 1, l: 3}"),
            ("a: &x {<<: {k: 1}, l: 2}\nb: {<<: *x}", "{a: {l: 2, k: 1}, b: {l: 2, k: 1}}"),
            ("'<<': 1", "{<<: 1}"), ("!!str <<: 1", "{<<: 1}"), ("a: <<", "{a: <<}"),
            ("!!merge <<: {k: 1}\nl: 2", "{l: 2, k: 1}"), ("!!merge '<<': {k: 1}", "{k: 1}"),
            ("! <<: {k: 1}", "{k: 1}"), ("! '<<': 1", "{<<: 1}"), ("!mine <<: 1", "{<<: 1}"),
            ("%TAG ! tag:yaml.org,2002:\n---\n!merge <<: {k: 1}", "{k: 1}"),
        ]
    )
    func merging(text: String, expected: String) {
        #expect(flow(text) == expected)
    }

    @Test(
        "a tag decides what a scalar is",
        arguments: [
            ("a: !!str null", "{a: 'null'}"), ("a: !!str", "{a: ''}"), ("a: !!int \"5\"", "{a: 5}"),
            ("a: !!float 5", "{a: 5}"), ("a: !!float .inf", "{a: .inf}"),
            ("a: !!bool True", "{a: True}"),
            ("a: !!null ''", "{a: null}"), ("a: !!binary aGk=", "{a: 'hi'}"),
            ("a: !!binary |\n  w6k\n  =", "{a: 'é'}"), ("a: !local x", "{a: x}"),
            ("a: ! x", "{a: x}"),
            ("a: !!map {k: 1}", "{a: {k: 1}}"), ("a: !mine [1]", "{a: [1]}"),
            ("%TAG ! tag:yaml.org,2002:\n---\na: !str 1", "{a: '1'}"),
            ("a: !<tag:yaml.org,2002:str> 1", "{a: '1'}"), ("!!str a: 1", "{a: 1}"),
        ]
    )
    func tags(text: String, expected: String) {
        #expect(flow(text) == expected)
    }

    @Test(
        "a reference or tag that cannot be met is an error at its place",
        arguments: [
            ("a: *x", "1:4: unknown anchor \"x\""), ("a: *x\nb: &x 1", "1:4: unknown anchor \"x\""),
            ("a: &x [1, *x]", "1:11: the value of anchor \"x\" contains itself"),
            ("a: &x {<<: *x}", "1:12: the value of anchor \"x\" contains itself"),
            ("a: *", "1:5:"), ("a: &x *x", "1:7:"),
            ("a: 1\n<<: 1", "2:1: a merge key needs a mapping or a list of mappings, found text"),
            ("<<: [{a: 1}, 2]", "1:1: a merge key needs"), ("<<:", "1:1: a merge key needs"),
            ("<<: {a: 1}\n<<: {b: 1}", "2:1: duplicate key \"<<\", already set on line 1"),
            ("a: &x k\nk: 1\n*x : 2", "3:1: duplicate key \"k\", already set on line 2"),
            ("a: !!int x", "1:4: \"x\" is not a !!int"), ("a: !!int 1.5", "1:4: \"1.5\" is not"),
            ("a: !!bool yes", "1:4: \"yes\" is not a !!bool"), ("a: !!null x", "1:4: \"x\" is not"),
            ("a: !!float x", "1:4: \"x\" is not a !!float"), ("a: !!map x", "1:4: !!map needs"),
            ("a: !!binary aGk", "1:4: !!binary needs base64"),
            ("a: !!binary /w==", "1:4: !!binary"),
            ("a: !!binary a===", "1:4: !!binary"), ("a: !!binary aG=k", "1:4: !!binary"),
            ("a: !x!y 1", "1:4: found undefined tag handle"),
        ]
    )
    func mistakes(text: String, beginning: String) {
        let found = complaints(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(beginning) == true, "\(found)")
    }

    @Test("what aliases add is limited, in lists, merges, keys and text")
    func expansion() {
        var lists = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        var merges = "a0: &a0 {k: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            lists += "a\(level): &a\(level) [\(aliases)]\n"
            merges += "a\(level): &a\(level) {l: [\(aliases)], <<: [\(aliases)]}\n"
        }
        let long =
            "a: &a \"\(String(repeating: "x", count: 100_000))\"\nb: ["
            + Array(repeating: "*a", count: 1_000).joined(separator: ", ") + "]"
        for text in [lists, merges, "? \(lists.replacing("\n", with: "\n  "))\n: 1", long] {
            let found = complaints(text)
            #expect(found.count == 1)
            #expect(found.first?.contains("aliases expand the document by more than") == true)
        }
        #expect(complaints(String(long.prefix(100_100)) + "]") == [])
    }

    @Test("aliases cannot nest deeper than the text may")
    func nestedAliases() {
        var text = "- &a0 [x]\n"
        for level in 1...100 { text += "- &a\(level) [*a\(level - 1)]\n" }
        #expect(complaints(text) == ["63:9: nested deeper than 64 levels"])
    }
}

@Suite("Documents as Prometheus reads them")
struct PrometheusDialectTests {
    @Test(
        "only the first document is read",
        arguments: ["---\n", "---\nb: 2", "---\n[broken", "...\n---\nb: 1\nb: 2\n", "--- !!int x"]
    )
    func firstDocument(rest: String) {
        #expect(flow("a: 1\n" + rest, dialect: .prometheus) == "{a: 1}")
    }

    @Test(
        "a second document is an error where nothing may be ignored",
        arguments: ["b: 2", "~", "[]", "''"]
    )
    func secondDocument(content: String) {
        let found = complaints("a: 1\n---\n" + content)
        #expect(found == ["2:1: a second document starts here; a file must contain one document"])
    }

    @Test("a null item is left out of a list", arguments: ["~", "", "null", "*n"])
    func nullItems(item: String) {
        let text = "n: &n\nl:\n- a\n- \(item)\n- b"
        let type = YAMLType.mapping { reader in
            _ = reader.has("n")
            return reader.value("l", .list(of: .string), default: [])
        }
        let lenient = YAMLDocument.read(text, file: "f", as: type, dialect: .prometheus)
        #expect(lenient.value == ["a", "b"])
        let strict = YAMLDocument.read(text, file: "f", as: type)
        #expect(strict.issues.map(\.message) == ["l[1]: expected text, found nothing"])
    }

    @Test(
        "null in every spelling reads as an absent key",
        arguments: ["", "~", "null", "Null", "NULL"]
    )
    func nullValues(text: String) {
        let type = YAMLType.mapping { reader in
            [
                reader.optional("s", .string), reader.optional("d", .duration).map { "\($0)" },
                reader.optional("l", .list(of: .string)).map { "\($0)" },
                reader.optional("m", .dictionary(of: .stringOrNothing))?.first?.value,
            ]
        }
        let source = "s: \(text)\nd: \(text)\nl: \(text)\nm: {k: \(text)}"
        #expect(YAMLDocument.read(source, file: "f", as: type).value == [nil, nil, nil, ""])
        let quoted = YAMLDocument.read("s: '\(text)'", file: "f", as: type)
        #expect(quoted.value == [text, nil, nil, nil])
    }
}

@Test(
    "untagged scalars resolve as in Go",
    arguments: [
        ("", .null), ("~", .null), ("nULL", .string), ("TRUE", .bool), ("yes", .string),
        ("12", .int), ("-1_000", .int), ("0x1F", .int), ("0o17", .int), ("0b101", .int),
        ("0x", .string), ("0xG", .string), ("1.5", .float), (".5", .float), ("1.", .float),
        ("1e3", .float), ("1e", .string), (".inf", .float), ("-.Inf", .float), (".NaN", .float),
        ("-.nan", .string), ("+", .string), (".", .string), ("1:30", .string), ("_1", .string),
        ("1.2.3", .string),
    ] as [(String, YAMLScalarKind)]
)
func resolution(text: String, expected: YAMLScalarKind) {
    #expect(YAMLScalarKind(text) == expected)
}
