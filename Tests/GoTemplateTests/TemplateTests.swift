import GoTemplate
import Testing

private func data(_ value: Double = 1, labels: [String: String] = [:]) -> TemplateData {
    TemplateData(
        labels: labels,
        value: value,
        externalLabels: ["site": "north"],
        externalURL: "http://host:10355/warden?x#y",
        query: { text throws(TemplateError) in
            guard text != "bad" else { throw TemplateError("no such thing") }
            return [
                TemplateSample(labels: ["graph_id": "b", "n": "2"], value: 2),
                TemplateSample(labels: ["graph_id": "a", "n": "1"], value: 0.5),
            ]
        },
        now: 1_700_000_000
    )
}

private func expanded(
    _ text: String,
    _ value: Double = 1,
    labels: [String: String] = [:]
) -> String {
    do throws(TemplateError) {
        return try Template(text, name: "__alert_A").expand(data(value, labels: labels))
    } catch {
        return "error: \(error)"
    }
}

private func loadError(_ text: String) -> String {
    do throws(TemplateError) {
        _ = try Template(text, name: "__alert_A")
        return "no error"
    } catch {
        return error.description
    }
}

@Suite("A template")
struct TemplateTests {
    @Test(
        "expands",
        arguments: [
            ("plain { text }", "plain { text }"),
            ("{{ $labels.graph_id }} is {{ $value }}", "g1 is 2.5"),
            ("{{ .Labels.graph_id }}{{ .Value }}{{ .ExternalLabels.site }}", "g12.5north"),
            ("[{{ $labels.absent }}]", "[]"), ("{{ $externalLabels.site }}", "north"),
            (
                "{{ $externalURL }} {{ externalURL }} {{ pathPrefix }}",
                "http://host:10355/warden?x#y http://host:10355/warden?x#y /warden"
            ),
            ("a {{- /* note */ -}} b", "ab"), ("a {{/* {{ */}} b", "a  b"),
            ("a\n {{- 1 -}} \n b", "a1b"), ("{{-3}}", "-3"), ("{{- 3 -}}", "3"),
            ("{{ \"a\\tb\\u00e9\\x41\\101\" }}{{ `raw\\n` }}{{ 'x' }}", "a\tb\u{e9}AAraw\\n120"),
            (
                "{{ 1_000 }} {{ 0x10 }} {{ 1.5 }} {{ -2 }} {{ 1e3 }} {{ .5 }} {{ true }}",
                "1000 16 1.5 -2 1000 0.5 true"
            ),
            ("{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}", "12"),
            ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"),
            ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
            ("{{ if eq $labels.graph_id \"g1\" }}yes{{ else }}no{{ end }}", "yes"),
            ("{{ if $labels.absent }}a{{ else if gt $value 2.0 }}b{{ else }}c{{ end }}", "b"),
            ("{{ with $labels.graph_id }}<{{ . }}>{{ else }}none{{ end }}", "<g1>"),
            ("{{ with $labels.absent }}<{{ . }}>{{ else }}none{{ end }}", "none"),
            (
                "{{ range $i, $s := query \"up\" }}{{ $i }}={{ $s.Labels.graph_id }}:{{ .Value }};{{ end }}",
                "0=b:2;1=a:0.5;"
            ),
            ("{{ range query \"up\" | sortByLabel \"n\" }}{{ .Labels.graph_id }}{{ end }}", "ab"),
            ("{{ range $k, $v := $labels }}{{ $k }}={{ $v }} {{ end }}", "graph_id=g1 tier=core "),
            ("{{ range query \"up\" }}{{ if eq .Value 0.5 }}{{ break }}{{ end }}x{{ end }}", "x"),
            ("{{ range query \"up\" }}{{ continue }}x{{ end }}done", "done"),
            ("{{ range $labels.absent | args }}{{ . }}{{ else }}e{{ end }}", ""),
            (
                "{{ query \"up\" | first | value }} {{ query \"up\" | first | label \"graph_id\" }}",
                "2 b"
            ),
            ("{{ (query \"up\" | first).Labels.n }}", "2"),
            ("{{ and 1 0 2 }}{{ or 0 \"x\" 3 }}{{ not 0 }}", "0xtrue"),
            ("{{ or true (query \"bad\") }}", "true"),
            (
                "{{ len $labels }}{{ len \"é\" }}{{ index $labels \"tier\" }}{{ slice \"graph\" 1 3 }}",
                "22corera"
            ),
            ("{{ print 1 2 \"a\" 3 4 }}|{{ println 1 \"a\" }}", "1 2a3 4|1 a\n"),
            (
                "{{ ne 1 2 }}{{ lt \"a\" \"b\" }}{{ le 2.0 2.0 }}{{ ge 1 2 }}{{ eq 1 2 1 }}",
                "truetruetruefalsetrue"
            ),
            (
                "{{ html \"<a>\" }}{{ js \"it's\" }}{{ urlquery \"a b&c\" }}",
                "&lt;a&gt;it\\'sa+b%26c"
            ),
            (
                "{{ title \"hung graph-one\" }}{{ toUpper \"a\" }}{{ toLower \"B\" }}",
                "Hung Graph-OneAb"
            ),
            (
                "{{ stripPort \"h.x:80\" }} {{ stripDomain \"h.x:80\" }} {{ stripDomain \"10.0.0.1:80\" }}",
                "h.x h:80 10.0.0.1:80"
            ),
            (
                "{{ stripPort \"[::1]:80\" }} {{ stripDomain \"h.x\" }} {{ stripPort \"h\" }}",
                "::1 h h"
            ),
            (
                "{{ parseDuration \"1h30m\" }}{{ parseDuration \"90s\" | humanizeDuration }}",
                "54001m 30s"
            ),
            (
                "{{ toTime 0.5 }} {{ toDuration 5400.5 }}",
                "1970-01-01 00:00:00.5 +0000 UTC 1h30m0.5s"
            ),
            ("{{ graphLink \"up == 0\" }}", "/graph?g0.expr=up+%3D%3D+0&g0.tab=0"),
            (
                "{{ $labels }}{{ query \"up\" | len }}{{ now }}",
                "map[graph_id:g1 tier:core]21.7e+09"
            ),
            ("{{ define \"x\" }}<{{ . }}{{ $ }}>{{ end }}{{ template \"x\" 1 }}", "<11>"),
            ("{{ template \"x\" }}{{ define \"x\" }}<{{ . }}>{{ end }}", "<<no value>>"),
            (
                "{{ define \"x\" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ template \"x\" (args 1 \"b\") }}",
                "1-b"
            ),
            ("{{ block \"x\" $value }}<{{ . }}>{{ end }}{{ template \"x\" 3 }}", "<2.5><3>"),
            (
                "{{ $y := 1 }}{{ define \"x\" }}{{ $y := 2 }}{{ end }}{{ template \"x\" }}{{ $y }}",
                "1"
            ),
            (
                "{{ range $i, $s := query \"up\" }}{{ if $i }}{{ continue }}{{ end }}{{ .Value }}{{ end }}",
                "2"
            ),
            ("{{ $x := query \"up\" | first }}{{ $x.Labels.none }}", ""),
            ("{{ \"[2001:0DB8::1]::12345\" | stripPort }}", "[2001:0DB8::1]::12345"),
            ("{{ \"[2001:0DB8::1]:12345\" | stripDomain }}", "[2001:0DB8::1]:12345"),
            (
                "{{ \"2001:0DB8::1\" | stripDomain }} {{ \"foo.example.com\" | stripDomain }}",
                "2001:0DB8::1 foo"
            ),
            ("{{ printf \"%0.2f\" (parseDuration \"1h2m10ms\") }}", "3720.01"),
            (
                "{{ \"aa bb CC\" | title }}{{ \"aA\" | toLower }}{{ \"<b>\" | safeHtml }}{{ \"<b>\" }}",
                "Aa Bb CCaa<b><b>"
            ),
            (
                "{{ humanize 9223372036854775807 }} {{ humanize1024 9223372036854775807 }}",
                "9.223E 8Ei"
            ),
            (
                "{{ humanize \"-1234567\" }} {{ humanize1024 \".12\" }} {{ humanizePercentage \"1.23456\" }}",
                "-1.235M 0.12 123.5%"
            ),
            (
                "{{ humanizeDuration 899.99 }} {{ humanizeDuration \"-183845\" }} {{ humanizeDuration 1.2345 }}",
                "14m 59s -2d 3h 4m 5s 1.234s"
            ),
            (
                "{{ humanizeDuration .0001 }} {{ humanizeDuration .12345 }} {{ humanizeDuration 12.345 }}",
                "100us 123.5ms 12.35s"
            ),
            (
                "{{ humanizeTimestamp 9223372036 }} {{ humanizeTimestamp -1 }}",
                "2262-04-11 23:47:16 +0000 UTC 1969-12-31 23:59:59 +0000 UTC"
            ),
            (
                "{{ humanizeTimestamp \"-Inf\" }} {{ humanize \"NaN\" }} {{ \"1435065584.128\" | humanizeTimestamp }}",
                "-Inf NaN 2015-06-23 13:19:44.128 +0000 UTC"
            ),
            (
                "{{ query \"x\" | first | strvalue }}{{ reReplaceAll \"(a)b\" \"x$1\" \"ab\" }}",
                "xa"
            ),
            (
                "{{ tableLink \"up\" }} {{ match \"a+\" \"aa\" }} {{ match \"a+\" \"b\" }}",
                "/graph?g0.expr=up&g0.tab=1 true false"
            ),
            ("{{ with $y := 3 }}{{ $y }}{{ end }}{{ args 1 \"a\" }}", "3map[arg0:1 arg1:a]"),
        ]
    )
    func expansion(text: String, expected: String) {
        #expect(expanded(text, 2.5, labels: ["graph_id": "g1", "tier": "core"]) == expected)
    }

    /// The expected texts are the output of promtool 2.42 for the same templates and values.
    @Test(
        "makes numbers readable as Prometheus does",
        arguments: [
            (1e6, "1M 976.6ki 11d 13h 46m 40s 1e+08% 1970-01-12 13:46:40 +0000 UTC"),
            (
                123_456_789,
                "123.5M 117.7Mi 1428d 21h 33m 9s 1.235e+10% 1973-11-29 21:33:09 +0000 UTC"
            ),
            (0.00001, "10u 1e-05 10us 0.001% 1970-01-01 00:00:00 +0000 UTC"),
            (123_456, "123.5k 120.6ki 1d 10h 17m 36s 1.235e+07% 1970-01-02 10:17:36 +0000 UTC"),
            (0.1, "100m 0.1 100ms 10% 1970-01-01 00:00:00.1 +0000 UTC"),
            (
                -1_234_567.891,
                "-1.235M -1.177Mi -14d 6h 56m 7s -1.235e+08% 1969-12-17 17:03:52.109 +0000 UTC"
            ),
            (.infinity, "+Inf +Inf +Inf +Inf% +Inf"), (.nan, "NaN NaN NaN NaN% NaN"),
            (0, "0 0 0s 0% 1970-01-01 00:00:00 +0000 UTC"),
            (2.5, "2.5 2.5 2.5s 250% 1970-01-01 00:00:02.5 +0000 UTC"),
            (100_000, "100k 97.66ki 1d 3h 46m 40s 1e+07% 1970-01-02 03:46:40 +0000 UTC"),
        ]
    )
    func humanize(value: Double, expected: String) {
        let functions = ["", "1024", "Duration", "Percentage", "Timestamp"]
        let text = functions.map { "{{ humanize\($0) $value }}" }.joined(separator: " ")
        #expect(expanded(text, value) == expected)
    }

    @Test(
        "prints numbers as Go does",
        arguments: [
            (1e6, "1e+06 1e+06 1e+06 1000000.000000 1000000.00 1.000000e+06"),
            (
                123_456_789,
                "1.235e+08 1.23456789e+08 1.23456789e+08 123456789.000000 123456789.00 1.234568e+08"
            ),
            (0.00001, "1e-05 1e-05 1e-05 0.000010 0.00 1.000000e-05"),
            (
                1e21,
                "1e+21 1e+21 1e+21 1000000000000000000000.000000 1000000000000000000000.00 1.000000e+21"
            ),
            (123_456, "1.235e+05 123456 123456 123456.000000 123456.00 1.234560e+05"),
            (
                -1_234_567.891,
                "-1.235e+06 -1.234567891e+06 -1.234567891e+06 -1234567.891000 -1234567.89 -1.234568e+06"
            ),
            (.infinity, "+Inf +Inf +Inf +Inf +Inf +Inf"), (.nan, "NaN NaN NaN NaN NaN NaN"),
            (0, "0 0 0 0.000000 0.00 0.000000e+00"),
            (2.5, "2.5 2.5 2.5 2.500000 2.50 2.500000e+00"),
        ]
    )
    func numbers(value: Double, expected: String) {
        let text =
            "{{ printf \"%.4g %g %v %f %.2f %e\" $value $value $value $value $value $value }}"
        #expect(expanded(text, value) == expected)
    }

    @Test(
        "formats as Go does",
        arguments: [
            ("printf \"%5d|%-5d|%05d|%+d|%x\" 42 42 42 42 42", "   42|42   |00042|+42|2a"),
            (
                "printf \"%q %s %.2s %6s %v\" \"a\\\"b\" \"x\" \"abc\" \"r\" true",
                "\"a\\\"b\" x ab      r true"
            ),
            ("printf \"%d %d\" 1", "1 %!d(MISSING)"), ("printf \"%d\" \"x\"", "%!d(string=x)"),
            ("printf \"%d\" 1 2", "1%!(EXTRA int=2)"), ("printf \"100%%\"", "100%"),
            ("printf \"%\"", "%!(NOVERB)"), ("printf \"%08.3f\" -3.14159", "-003.142"),
            ("printf \"%T %t %c\" 1.5 false 65", "float64 false A"),
        ]
    )
    func printf(call: String, expected: String) {
        #expect(expanded("{{ \(call) }}") == expected)
    }

    @Test(
        "says why it cannot be expanded",
        arguments: [
            ("{{ humanize \"x\" }}", "error calling humanize: strconv.ParseFloat: parsing \"x\""),
            ("{{ slice 0 0 }}", "error calling slice: can't slice item of type int"),
            ("{{ slice \"abc\" 2 1 }}", "invalid slice index: 2 > 1"),
            ("{{ index 1 1 }}", "can't index item of type int"),
            ("{{ if gt $value 1 }}x{{ end }}", "incompatible types for comparison"),
            ("{{ .Nothing }}", "can't evaluate field Nothing"),
            ("{{ $value.x }}", "can't evaluate field x in type float64"),
            ("{{ query \"bad\" }}", "error calling query: no such thing"),
            ("{{ humanizeTimestamp 1e20 }}", "cannot be represented as a nanoseconds timestamp"),
            (
                "{{ match \"(\" \"x\" }}",
                "error calling match: error parsing regexp: missing closing )"
            ),
            ("{{ toUpper 1 }}", "expected string; found 1"),
            ("{{ printf \"%250d%250d\" 1 1 }}{{ range query \"x\" }}{{ end }}", "   "),
        ]
    )
    func errors(text: String, expected: String) {
        #expect(expanded(text).contains(expected), "\(expanded(text))")
    }

    @Test("has a limit on steps")
    func steps() {
        let twice = "{{ template \"x\" }}{{ template \"x\" }}"
        #expect(expanded("{{ define \"x\" }}\(twice){{ end }}\(twice)").contains("template depth"))
        let loops = String(repeating: "{{ range 2 }}", count: 30)
        let ends = String(repeating: "{{ end }}", count: 30)
        #expect(expanded("\(loops)\(ends)").contains("more than 500000 steps"))
    }

    @Test("has a limit on output")
    func output() {
        let loops = String(repeating: "{{ range query \"x\" }}", count: 20)
        let ends = String(repeating: "{{ end }}", count: 20)
        #expect(expanded(loops + "0123456789" + ends).contains("longer than 65536 bytes"))
    }

    @Test(
        "is refused when the file is read",
        arguments: [
            ("{{ $labels.x", "unclosed action"), ("{{ $nope }}", "undefined variable \"$nope\""),
            ("{{ nope }}", "function \"nope\" not defined"),
            ("{{ $value} }}", "bad character U+007D '}'"),
            ("{{ 1 } }}", "unexpected \"}\" in operand"),
            ("{{ $labels.my-label }}", "bad character U+002D '-'"),
            ("{{ }}", "missing value for command"),
            ("{{ if }}{{ end }}", "missing value for if"), ("{{ if 1 }}", "unexpected EOF"),
            ("{{ end }}", "unexpected {{end}}"), ("{{ else }}", "unexpected {{else}}"),
            ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "expected end; found {{else}}"),
            ("{{ \"a }}", "unterminated quoted string"), ("{{ (1 }}", "unclosed left paren"),
            ("{{ 1) }}", "unexpected right paren"), ("{{ | 1 }}", "unexpected \"|\" in command"),
            ("{{ 1 | 2 }}", "non executable command in pipeline stage 2"),
            ("{{ 1x }}", "bad number syntax: \"1x\""),
            ("{{ break }}", "{{break}} outside {{range}}"),
            ("{{ define \"x\" }}{{ $labels }}{{ end }}", "undefined variable \"$labels\""),
            ("{{ if 1 }}{{ define \"x\" }}{{ end }}{{ end }}", "unexpected <define> in command"),
            ("{{ define x }}{{ end }}", "unexpected \"x\" in define clause"),
            ("{{ define \"x\" }}a", "unexpected EOF"),
            ("{{ define \"x\" }}{{ else }}{{ end }}", "unexpected {{else}}"),
            ("{{ define \"x\" }}a{{ end }}{{ define \"x\" }}b{{ end }}", "multiple definition"),
            ("{{ range 1 }}{{ block \"x\" }}{{ end }}{{ end }}", "missing value for block clause"),
            ("{{ range . }}{{ block \"x\" . }}{{ break }}{{ end }}{{ end }}", "outside {{range}}"),
            ("{{ tmpl \"x\" }}", "function \"tmpl\" not defined"),
            ("{{ \"a\".b }}", "unexpected . after term \"\\\"a\\\"\""),
            ("{{ .a..b }}", "unexpected <.> in operand"), ("{{ 08 }}", "integer overflow: \"08\""),
            ("{{ if true }}{{ else with 1 }}{{ end }}", "unexpected <with> in input"),
            ("{{ /* x", "unclosed action"), ("{{/* x", "unclosed comment"),
            ("{{ range $a, $b, $c := 1 }}{{ end }}", "too many declarations in range"),
            ("{{ $a, $b := 1 }}", "too many declarations in command"),
            ("{{ $x = 1 }}{{ $x }}", "undefined variable \"$x\""),
            ("{{ # }}", "unexpected \"#\" in command"), ("{{ : }}", "expected :="),
        ]
    )
    func refusedEarly(text: String, message: String) {
        #expect(loadError(text).hasPrefix("template: __alert_A:1: "))
        #expect(loadError(text).contains(message), "\(loadError(text))")
    }

    @Test("reports errors with the line number")
    func lines() {
        #expect(loadError("a\n{{ 1 }}\n{{ nope }}").hasPrefix("template: __alert_A:3: function"))
    }

    @Test("has a limit on nesting")
    func nesting() {
        let deep = String(repeating: "(", count: 10_000)
        #expect(
            loadError("{{ \(deep)1\(String(repeating: ")", count: 10_000)) }}").contains(
                "nested too deep"
            )
        )
        let blocks = String(repeating: "{{ if 1 }}", count: 10_000)
        #expect(loadError(blocks).contains("nested too deep"))
    }
}
