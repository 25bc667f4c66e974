import GoTemplate
import Testing

private func data() -> TemplateData {
    TemplateData(
        labels: ["job": "j"],
        value: 1,
        externalLabels: [:],
        externalURL: "http://host/p",
        query: { _ throws(TemplateError) in
            (0..<10_000).map { TemplateSample(labels: ["job": "j\($0)"], value: Double($0)) }
        },
        now: 0
    )
}

private func expansion(_ text: String) throws -> String {
    let template = try Template(text, name: "T")
    do throws(TemplateError) { return try template.expand(data()) } catch { return "\(error)" }
}

private let steps = "more than 500000 steps"
private let length = "the text is longer than 65536 bytes"
private let total = "the values have more than 16777216 bytes in all"

/// Puts the letter a into `$x`, 2 to the power of `doublings` times.
private func long(_ doublings: Int) -> String {
    "{{ $x := \"a\" }}{{ range \(doublings) }}{{ $x = print $x $x }}{{ end }}"
}

@Suite("The limits of a template")
struct TemplateLimitTests {
    @Test(
        "stop loops, however little is in them",
        arguments: [
            "{{ range 1000000 }}{{ end }}",
            "{{ range 1000000 }}{{ range 1000000 }}{{ end }}{{ end }}",
            "{{ range 9223372036854775807 }}{{ continue }}{{ end }}",
            "{{ range 100000 }}{{ range 100000 }}{{ break }}{{ end }}{{ end }}",
            "{{ $q := query `x` }}{{ range $q }}{{ range $q }}{{ end }}{{ end }}",
            "{{ $q := query `x` }}{{ range 1000000 }}{{ $y := sortByLabel `job` $q }}{{ end }}",
            "{{ $q := query `x` }}{{ range 1000000 }}{{ $y := slice $q 0 1000 }}{{ end }}",
            "{{ range 1000000 }}{{ $y := and 1 (or 0 (and 1 (or 0 1))) }}{{ end }}",
            "{{ define `x` }}{{ template `x` }}{{ end }}{{ range 1000000 }}{{ if 0 }}{{ end }}{{ end }}",
            "{{ define `x` }}{{ range 10 }}{{ template `y` }}{{ end }}{{ end }}"
                + "{{ define `y` }}{{ range 999999 }}{{ end }}{{ end }}{{ template `x` }}",
            long(16) + "{{ range 1000000 }}{{ $y := eq $x $x }}{{ end }}",
            long(16) + "{{ range 1000000 }}{{ $y := len $x }}{{ end }}",
            long(13) + "{{ $y := reReplaceAll `(a*b|a){100}c` `` $x }}",
            long(13) + "{{ range 1000000 }}{{ $y := match `(a|aa){50}b` $x }}{{ end }}",
        ]
    )
    func steps(text: String) throws {
        let result = try expansion(text)
        #expect(result.hasPrefix("template: T:1:"), "\(result)")
        #expect(result.hasSuffix(GoTemplateTests.steps), "\(result)")
    }

    @Test(
        "keep every value short",
        arguments: [
            "{{ $x := \"aaaaaaaa\" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}",
            long(16) + "{{ $y := println $x $x }}", long(16) + "{{ $y := print $x 1 }}",
            long(16) + "{{ $y := printf \"%s%s\" $x $x }}",
            long(16) + "{{ $y := printf \"\" $x $x }}", long(16) + "{{ $y := printf \"%q\" $x }}",
            long(16) + "{{ $y := printf \"%x\" $x }}",
            long(16) + "{{ $y := args $x $x | print }}",
            long(16) + "{{ $y := $x | printf \"%d\" }}",
            long(16) + "{{ $y := print $x $x }}",
            long(12) + "{{ $y := reReplaceAll \"a\" $x $x }}",
            long(12) + "{{ $y := $x | reReplaceAll \"a\" \"bbbbbbbbbbbbbbbbb\" }}",
            long(16) + "{{ $y := graphLink $x }}", long(16) + "{{ $y := tableLink $x }}",
            "{{ $x := `<` }}{{ range 14 }}{{ $x = print $x $x }}{{ end }}{{ $y := html $x $x }}",
            "{{ $x := `<` }}{{ range 14 }}{{ $x = print $x $x }}{{ end }}{{ $y := js $x }}",
            "{{ $x := `\\` }}{{ range 40 }}{{ $x = js $x }}{{ end }}",
            "{{ $x := `%` }}{{ range 40 }}{{ $x = urlquery $x }}{{ $x = urlQueryEscape $x }}"
                + "{{ $x = print $x $x }}{{ end }}",
            "{{ $x := `ŉ` }}{{ range 15 }}{{ $x = print $x $x }}{{ end }}{{ $y := toUpper $x }}",
            "{{ $y := printf \"\(String(repeating: "%256d", count: 300))\" "
                + "\(String(repeating: "1 ", count: 300)) }}",
            "{{ query `x` }}", "{{ $y := print (query `x`) }}",
            "{{ range query `x` }}{{ .Labels }}{{ end }}", "{{ range 70000 }}a{{ end }}",
        ]
    )
    func values(text: String) throws {
        let result = try expansion(text)
        #expect(result.hasPrefix("template: T:1:"), "\(result.prefix(200))")
        #expect(result.hasSuffix(length), "\(result.prefix(200))")
    }

    @Test("bound the memory of all values")
    func memory() throws {
        #expect(
            try expansion(long(15) + "{{ range 1000 }}{{ $y := toUpper $x }}{{ end }}")
                .hasSuffix(total)
        )
        #expect(
            try expansion("{{ range query `x` }}{{ range query `x` }}{{ end }}{{ end }}").hasSuffix(
                total
            )
        )
    }

    @Test("bound nested arguments, which share what they hold")
    func nesting() throws {
        #expect(
            try expansion("{{ $x := args 1 }}{{ range 40 }}{{ $x = args $x $x }}{{ end }}{{ $x }}")
                .hasSuffix("error calling args: more than 1000 nested arguments")
        )
        #expect(
            try expansion("{{ $x := args 1 }}{{ range 99999 }}{{ $x = args $x }}{{ end }}{{ $x }}")
                .hasSuffix("error calling args: more than 1000 nested arguments")
        )
        #expect(try expansion("{{ args 1 (args 2 3) }}") == "map[arg0:1 arg1:map[arg0:2 arg1:3]]")
    }

    @Test("bound the variables of one scope")
    func variables() throws {
        let many = String(repeating: "{{ $v := 1 }}", count: 100_000)
        #expect(throws: TemplateError.self) { try Template(many, name: "T") }
        #expect(try expansion(String(many.prefix(13 * 900)) + "{{ $v }}") == "1")
    }

    @Test("leave room for a look at every element of a large result")
    func roomy() throws {
        let text = """
            {{ range query `x` }}{{ if eq (label `job` .) `j9999` }}{{ .Labels.job | toUpper }} \
            {{ .Value | humanize }}{{ else if gt .Value 99999.0 }}{{ . | value }}{{ end }}{{ end }}
            """
        #expect(try expansion(text) == "J9999 9.999k")
    }

    @Test("show a long part and a long message in messages only in part")
    func messages() throws {
        let letters = String(repeating: "a", count: 100_000)
        let result = try expansion("{{ humanize \"\(letters)\" }}")
        #expect(result.contains("strconv.ParseFloat: parsing"))
        #expect(result.utf8.count < 4_000)
        #expect(try expansion("{{ range \"\(letters)\" }}{{ end }}").utf8.count < 4_000)
    }
}

@Suite("The limits of a rehearsal")
struct TemplateRehearsalLimitTests {
    private func problems(_ text: String) throws -> [String] {
        try Template(text, name: "T").problems { _ throws(TemplateError) in [] }.map(\.description)
    }

    @Test("end it after 20 problems, each at its own place")
    func count() throws {
        let found = try problems(String(repeating: "{{value}}\n", count: 100_000))
        #expect(found.count == 20)
        #expect(found.first?.hasPrefix("template: T:1:114: ") == true, "\(found)")
        #expect(found.last?.hasPrefix("template: T:20:2: ") == true, "\(found)")
        #expect(Set(found).count == 20)
    }

    @Test("end it when the steps are used up, with one problem")
    func steps() throws {
        let found = try problems(String(repeating: "{{1}}", count: 400_000))
        #expect(found.count == 1)
        #expect(found.first?.hasSuffix(GoTemplateTests.steps) == true, "\(found)")
    }
}
