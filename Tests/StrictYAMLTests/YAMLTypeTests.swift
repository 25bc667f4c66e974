import StrictYAML
import Testing

private enum Mode: String, CaseIterable, Sendable { case off, shadow, approve, auto }

private struct Sampling: Equatable {
    var interval: Duration
    var mode: Mode
    var probes: [String]
    var retries: Int?
    var share: Double
    var enabled: Bool

    static var type: YAMLType<Sampling> {
        .mapping { reader in
            Sampling(
                interval: reader.value(
                    "interval",
                    .duration(in: .seconds(1) ... .seconds(3600)),
                    default: .seconds(30)
                ),
                mode: reader.required("mode", .oneOf(Mode.self)),
                probes: reader.value("probes", .list(of: .nonEmptyString), default: []),
                retries: reader.optional("retries", .int(in: 0...5)),
                share: reader.value("share", .double(in: 0...1), default: 0.5),
                enabled: reader.value("enabled", .bool, default: true)
            )
        }
    }
}

private func read(_ text: String) -> YAMLReading<Sampling> {
    YAMLDocument.read(text, file: "f", as: Sampling.type)
}

private func problems<Value>(_ text: String, _ type: YAMLType<Value>) -> [String] {
    YAMLDocument.read(text, file: "f", as: type).issues.map { String($0.description.dropFirst(2)) }
}

@Suite("Decoding a declared type")
struct YAMLTypeTests {
    @Test("missing keys take their defaults")
    func defaults() {
        #expect(
            read("mode: auto\nprobes:\nretries: ~").value
                == Sampling(
                    interval: .seconds(30),
                    mode: .auto,
                    probes: [],
                    retries: nil,
                    share: 0.5,
                    enabled: true
                )
        )
    }

    @Test("every kind of scalar is decoded")
    func scalars() {
        let text = """
            interval: 1m30s
            mode: "shadow"
            probes: [no, 0x1, '']
            retries: 5
            share: 2.5e-1
            enabled: false
            """
        let reading = read(text)
        #expect(reading.issues.map(\.description) == ["f:3:19: probes[2]: must not be empty"])
        #expect(
            read(text.replacing("''", with: "1:2")).value
                == Sampling(
                    interval: .seconds(90),
                    mode: .shadow,
                    probes: ["no", "0x1", "1:2"],
                    retries: 5,
                    share: 0.25,
                    enabled: false
                )
        )
    }

    @Test("all mistakes are reported at once")
    func allMistakes() {
        let text = """
            intervall: 5s
            interval: 5 s
            mode: atuo
            probes: {a: 1}
            retries: 6
            share: 1.5
            enabled: yes
            """
        let reading = read(text)
        #expect(reading.value == nil)
        #expect(
            reading.issues.map(\.description) == [
                "f:1:1: unknown key \"intervall\"; did you mean \"interval\"?",
                "f:2:11: interval: unknown unit \" s\" in duration \"5 s\"",
                "f:3:7: mode: unknown value \"atuo\"; did you mean \"auto\"?; "
                    + "expected one of off, shadow, approve, auto",
                "f:4:9: probes: expected a list, found a mapping",
                "f:5:10: retries: must be 0 to 5, found 6",
                "f:6:8: share: must be 0.0 to 1.0, found 1.5",
                "f:7:10: enabled: expected true or false, found \"yes\"",
            ]
        )
    }

    @Test("issues are limited, but warnings never hide an error")
    func limits() {
        let words = Array(repeating: "x", count: 300).joined(separator: ", ")
        let type = YAMLType<Int>.mapping { reader in
            let doubtful = YAMLType<String>.string.noted { _ in (.warning, "doubtful") }
            _ = reader.value("words", .list(of: doubtful), default: [])
            return reader.value("number", .int, default: 1)
        }
        func read(_ text: String) -> YAMLReading<Int> {
            YAMLDocument.read(text, file: "f", as: type)
        }
        let doubtful = read("words: [\(words)]\nnumber: 2")
        #expect(doubtful.value == 2)
        #expect(doubtful.issues.count == 200)
        let wrong = read("words: [\(words)]\nnumber: x")
        #expect(wrong.value == nil)
        #expect(wrong.issues.count == 201)
        #expect(wrong.issues.last?.severity == .error)
        let unknown = read((0..<20_000).map { "numbe\($0): 1\n" }.joined())
        #expect(unknown.value == nil)
        #expect(unknown.issues.count == 200)
        // Each of the values would have a suggestion.
        let modes = YAMLType<[Mode]>.mapping { $0.required("modes", .list(of: .oneOf(Mode.self))) }
        let many = Array(repeating: "aut", count: 20_000).joined(separator: ", ")
        #expect(problems("modes: [\(many)]", modes).count == 200)
    }

    @Test("missing keys are named")
    func missingKeys() {
        #expect(problems("", Sampling.type) == ["1:1: missing key \"mode\""])
        #expect(problems("- 1", Sampling.type) == ["1:1: expected a mapping, found a list"])
        #expect(
            problems("s: {x: 1}", .mapping { $0.required("s", Sampling.type) }) == [
                "1:4: s: missing key \"mode\"", "1:5: s: unknown key \"x\"",
            ]
        )
        #expect(
            problems("x: 1", .mapping { $0.required("s", Sampling.type) }) == [
                "1:1: missing key \"s\"", "1:1: unknown key \"x\"",
            ]
        )
    }

    @Test(
        "whole numbers are read in decimal only",
        arguments: [
            ("1", nil), ("-0", nil), ("+1", "expected a whole number, found \"+1\""),
            ("1_000", "expected a whole number, found \"1_000\""),
            ("1.0", "expected a whole number, found \"1.0\""),
            ("99999999999999999999", "expected a whole number, found \"99999999999999999999\""),
            ("[1]", "expected a whole number, found a list"),
            ("", "missing key \"n\""),
        ]
    )
    func wholeNumbers(text: String, problem: String?) {
        let found = problems("n: \(text)", .mapping { $0.required("n", .int) })
        #expect(found.count == (problem == nil ? 0 : 1))
        #expect(found.first?.hasSuffix(problem ?? "") ?? true, "\(found)")
    }

    @Test(
        "only finite decimal numbers are read",
        arguments: ["nan", "inf", "0x1p3", "1e999", ".", "one"]
    )
    func decimalNumbers(text: String) {
        #expect(problems("n: \(text)", .mapping { $0.required("n", .double) }).count == 1)
    }

    @Test("one of several forms is chosen")
    func forms() {
        let type = YAMLType<String?>.mapping { reader in
            reader.exactlyOne(of: [
                "token": .string, "file": .string.checked { $0 == "x" ? "must not be x" : nil },
            ])
        }
        #expect(YAMLDocument.read("token: a", file: "f", as: type).value == "a")
        #expect(problems("{}", type) == ["1:1: one of \"token\", \"file\" must be set"])
        #expect(
            problems("file: b\ntoken: a", type) == [
                "1:1: only one of \"token\", \"file\" may be set"
            ]
        )
        #expect(problems("file: x", type) == ["1:7: file: must not be x"])
    }

    @Test("free keys keep their order and positions")
    func freeKeys() throws {
        let type = YAMLType<[YAMLKeyed<YAMLLocated<Int>>]>.dictionary(of: .located(.int))
        let pairs = try #require(YAMLDocument.read("z: 1\na: 2", file: "f", as: type).value)
        #expect(pairs.map(\.key) == ["z", "a"])
        #expect(pairs.map(\.value.value) == [1, 2])
        #expect(pairs.map(\.value.mark.column) == [4, 4])
        #expect(pairs.map(\.keyMark.line) == [1, 2])
    }

    @Test("the length of lists is limited")
    func listLength() {
        #expect(
            problems("[]", .list(of: .int, count: 1...2)) == ["1:1: expected 1 to 2 items, found 0"]
        )
        #expect(
            problems("[1, 2]", .list(of: .int, count: 1...1)) == ["1:1: expected 1 items, found 2"]
        )
    }

    @Test("a warning does not reject the value")
    func warnings() {
        let type = YAMLType<Int>.mapping { reader in
            reader.report("odd", at: "n", severity: .warning)
            return reader.required("n", .int)
        }
        let reading = YAMLDocument.read("n: 1", file: "f", as: type)
        #expect(reading.value == 1)
        #expect(reading.issues.map(\.description) == ["f:1:1: warning: odd"])
    }
}

@Suite("A suggestion")
struct SuggestionTests {
    @Test(
        "the nearest name is suggested",
        arguments: [
            ("intervall", "interval"), ("timout", "timeout"), ("forr", "for"), ("Expr", "expr"),
            ("exrp", "expr"), ("xyz", nil), ("a", nil),
            ("evaluation_intervall", "evaluation_interval"),
        ]
    )
    func suggestion(written: String, expected: String?) {
        let names = [
            "interval", "timeout", "for", "expr", "evaluation_interval", "rule_files", "b",
        ]
        #expect(Suggestion.closest(to: written, among: names) == expected)
    }
}
