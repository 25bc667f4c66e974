import GoTemplate
import Testing

/// The type of the dot at the start of a template.
private let root =
    "struct { Labels map[string]string; ExternalLabels map[string]string; "
    + "ExternalURL string; Value interface {} }"

private let prefixLength = 112

private func data() -> TemplateData {
    TemplateData(
        labels: ["job": "j"],
        value: 1,
        externalLabels: [:],
        externalURL: "http://host/p",
        query: { text throws(TemplateError) in
            guard text != "bad" else { throw TemplateError("no such thing") }
            return text == "none" ? [] : [TemplateSample(labels: ["job": "j"], value: 1)]
        },
        now: 0
    )
}

private func failure(_ text: String) -> String {
    do throws(TemplateError) {
        return "no error: " + (try Template(text, name: "T").expand(data()))
    } catch {
        return error.description
    }
}

private func problems(_ text: String) throws -> [String] {
    try Template(text, name: "T").problems(query: data().checkedQuery).map(\.description)
}

extension TemplateData {
    fileprivate var checkedQuery: (String) throws(TemplateError) -> [TemplateSample] {
        { text throws(TemplateError) in
            guard text != "bad" else { throw TemplateError("no such thing") }
            return []
        }
    }
}

/// A template that fails when it runs: its text, the column counted from the start of the text, the
/// part that the error is about, and the message. The facts are those of Go's text/template with
/// the functions of Prometheus 3.5.
private let failures: [(String, Int, String, String)] = [
    // Numbers of arguments.
    ("{{ value }}", 3, "value", "wrong number of args for value: want 1 got 0"),
    ("{{ humanize    1    2 }}", 3, "humanize", "wrong number of args for humanize: want 1 got 2"),
    (
        "{{ $value | humanize 1 }}", 12, "humanize",
        "wrong number of args for humanize: want 1 got 2"
    ),
    ("{{ index }}", 3, "index", "wrong number of args for index: want at least 1 got 0"),
    ("{{ and 1 (value) }}", 10, "value", "wrong number of args for value: want 1 got 0"),
    ("{{ value | }}", 3, "value", "wrong number of args for value: want 1 got 0"),
    ("{{- value -}}", 4, "value", "wrong number of args for value: want 1 got 0"),
    ("a{{ \"é\" }} {{ value }}", 15, "value", "wrong number of args for value: want 1 got 0"),
    ("{{ if value }}x{{ end }}", 6, "value", "wrong number of args for value: want 1 got 0"),
    // Arguments of what is no function.
    ("{{ $labels.a 1 }}", 10, "$labels.a", "a is not a method but has arguments"),
    ("{{ 1 | .Labels }}", 7, ".Labels", "Labels has arguments but cannot be invoked as function"),
    ("{{ $value 1 }}", 3, "$value", "can't give argument to non-function $value"),
    ("{{ ($value) 1 }}", 3, "($value) 1", "can't give argument to non-function $value"),
    ("{{ 1_000 1 }}", 3, "1_000", "can't give argument to non-function 1_000"),
    ("{{ nil }}", 3, "nil", "nil is not a command"),
    // Fields.
    ("{{ .Foo.Bar }}", 7, ".Foo.Bar", "can't evaluate field Foo in type \(root)"),
    ("{{ $.Labels.a.b.c }}", 4, "$.Labels.a.b.c", "can't evaluate field b in type string"),
    ("{{ .Value.x }}", 9, ".Value.x", "can't evaluate field x in type interface {}"),
    ("{{ $value.x }}", 9, "$value.x", "can't evaluate field x in type float64"),
    (
        "{{ (query \"up\" | first).Foo }}", 17, "first",
        "can't evaluate field Foo in type *template.sample"
    ),
    ("{{ with 5 }}{{ .Foo }}{{ end }}", 15, ".Foo", "can't evaluate field Foo in type int"),
    // Types of arguments.
    ("{{ toUpper 5 }}", 11, "5", "expected string; found 5"),
    ("{{ toUpper nil }}", 11, "nil", "cannot assign nil to string"),
    ("{{ toUpper $value }}", 11, "$value", "wrong type for value; expected string; got float64"),
    ("{{ toUpper . }}", 11, ".", "wrong type for value; expected string; got \(root)"),
    ("{{ value `raw` }}", 9, "`raw`", "can't handle `raw` for arg of type *template.sample"),
    (
        "{{ query \"up\" | value }}", 16, "value",
        "wrong type for value; expected *template.sample; got template.queryResult"
    ),
    (
        "{{ value nil }}", 3, "value nil",
        "error calling value: runtime error: invalid memory address or nil pointer dereference"
    ),
    // Errors of functions.
    (
        "{{ query \"none\" | first }}", 18, "first",
        "error calling first: first() called on vector with no elements"
    ),
    ("{{ query \"bad\" }}", 3, "query \"bad\"", "error calling query: no such thing"),
    (
        "{{ humanize $labels.none }}", 3, "humanize $labels.none",
        "error calling humanize: strconv.ParseFloat: parsing \"\": invalid syntax"
    ),
    (
        "{{ humanize nil }}", 3, "humanize nil",
        "error calling humanize: can't convert <nil> to float"
    ),
    (
        "{{ reReplaceAll \"[\" \"x\" \"y\" }}", 3, "reReplaceAll \"[\" \"x\" \"y\"",
        "error calling reReplaceAll: regexp: Compile(`[`): "
            + "error parsing regexp: missing closing ]: `[`"
    ),
    ("{{ eq 1 }}", 3, "eq 1", "error calling eq: missing argument for comparison"),
    (
        "{{ lt 1 \"a\" }}", 3, "lt 1 \"a\"",
        "error calling lt: incompatible types for comparison: int and string"
    ),
    ("{{ lt true false }}", 3, "lt true false", "error calling lt: invalid type for comparison"),
    (
        "{{ index $labels 1 }}", 3, "index $labels 1",
        "error calling index: value has type int; should be string"
    ),
    ("{{ index nil 1 }}", 3, "index nil 1", "error calling index: index of untyped nil"),
    (
        "{{ slice \"abc\" 2 1 }}", 3, "slice \"abc\" 2 1",
        "error calling slice: invalid slice index: 2 > 1"
    ),
    (
        "{{ call $labels.a }}", 3, "call $labels.a",
        "error calling call: non-function $labels.a of type string"
    ),
    // Templates and loops.
    ("{{ template \"x\" 1 }}", 12, "{{template \"x\" 1}}", "template \"x\" not defined"),
    ("{{ range $value }}x{{ end }}", 9, "$value", "range can't iterate over 1"),
    (
        "{{ range $i, $j := 3 }}{{ $i }}{{ end }}", 19, "3",
        "can't use 3 to iterate over more than one variable"
    ),
    ("{{ $x = 1 }}", 8, "1", "undefined variable: $x"),
    (
        "{{ 9999999999999999999 }}", 3, "9999999999999999999",
        "9999999999999999999 overflows int"
    ),
]

@Suite("A template that fails")
struct TemplateFailureTests {
    @Test("names the part in the words of Go", arguments: failures)
    func places(text: String, column: Int, part: String, message: String) {
        let column = prefixLength + column
        #expect(
            failure(text) == "template: T:1:\(column): executing \"T\" at <\(part)>: \(message)"
        )
    }

    @Test("counts columns of later lines from their start, and names the template within")
    func placesWithin() {
        #expect(
            failure("x\n y {{ value }}").hasPrefix("template: T:2:6: executing \"T\" at <value>")
        )
        #expect(
            failure("{{ define \"x\" }}a{{ value }}{{ end }}{{ template \"x\" }}")
                .hasPrefix("template: T:1:132: executing \"x\" at <value>")
        )
    }

    @Test(
        "does so only where it comes to the part",
        arguments: [
            ("{{ or 1 (value) }}", "1"),
            ("{{ if $labels.none }}{{ value }}{{ else }}ok{{ end }}", "ok"),
            ("{{ range 3 }}{{ . }}{{ end }}", "012"), ("{{ index \"abc\" 1 }}", "98"),
            ("{{ print nil }}{{ printf \"%v\" nil }}", "<nil><nil>"),
            ("{{ define \"x\" }}a{{ .Foo }}{{ end }}{{ template \"x\" }}", "a<no value>"),
            ("{{ . }}", "{map[job:j] map[] http://host/p 1}"),
        ]
    )
    func doesNotFail(text: String, expected: String) {
        #expect(failure(text) == "no error: " + expected)
    }
}

@Suite("The rehearsal of a template")
struct TemplateRehearsalTests {
    @Test("finds what fails whatever the data")
    func findsProblems() throws {
        for (text, _, _, _) in failures
        where !text.contains("none") && !text.contains("index $labels") {
            let found = try problems(text)
            #expect(found.count == 1, "\(text): \(found)")
        }
    }

    @Test(
        "takes nothing for wrong that data decide",
        arguments: [
            "{{ $labels.a | humanize }}", "{{ query \"up\" | first | value }}",
            "{{ range query \"up\" }}{{ .Labels.job }} {{ .Value | humanize }}{{ . | value }}{{ end }}",
            "{{ $x := $labels.a }}{{ if eq $x \"b\" }}{{ $x = \"c\" }}{{ end }}{{ $x | toUpper }}",
            "{{ with query \"up\" }}{{ . | first | label \"job\" }}{{ end }}",
            "{{ (args 1 2).arg1 | humanize }}", "{{ len $labels }}{{ index $labels \"a\" }}",
            "{{ range $k, $v := $labels }}{{ $k | title }}={{ $v | title }}{{ end }}",
            "{{ define \"x\" }}{{ . | toUpper }}{{ end }}{{ template \"x\" $labels.a }}",
            "{{ if gt $value 0.5 }}{{ printf \"%.2f\" $value }}{{ end }}",
            "{{ toTime $value }}{{ humanizeTimestamp $value }}", "{{ .ExternalURL | toUpper }}",
        ]
    )
    func findsNothing(text: String) throws {
        #expect(try problems(text) == [])
    }

    @Test(
        "enters every branch, and goes on after a problem",
        arguments: [
            ("{{ if $labels.a }}{{ value }}{{ else }}{{ first }}{{ end }}", 2),
            ("{{ range query \"up\" }}{{ .Foo }}{{ else }}{{ value }}{{ end }}", 2),
            ("{{ with $labels.a }}{{ . | value }}{{ end }}{{ .Foo }}", 2),
            ("{{ define \"x\" }}{{ value }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}", 1),
            ("{{ $x := value }}{{ $x | humanize }}{{ .Foo }}", 2),
            ("{{ query \"bad\" | first | value }}", 1),
        ]
    )
    func entersBranches(text: String, count: Int) throws {
        let found = try problems(text)
        #expect(found.count == count, "\(found)")
    }

    @Test("an error quotes no more than the beginning of a long name", arguments: ["", "$", "."])
    func longNames(sign: String) {
        let text = "{{ \(sign)" + String(repeating: "a", count: 60_000) + " }}"
        let error = #expect(throws: TemplateError.self) {
            try Template(text, name: "t").expand(
                TemplateData(
                    labels: [:],
                    value: 1,
                    externalLabels: [:],
                    externalURL: "",
                    query: { _ in [] },
                    now: 0
                )
            )
        }
        #expect("\(error, default: "")".count < 3_100)
    }
}
