import GoTemplate
import PromQL
import RE2

extension Targets {
    /// A pattern in the first line, a text in the others.
    static let regularExpression: Target = {
        var target = Target("re2", tokens: Patterns.tokens) { input in
            let newline = UInt8(ascii: "\n")
            let line = input.prefix { $0 != newline }
            let pattern = String(decoding: line, as: UTF8.self)
            let text = String(decoding: input.dropFirst(line.count + 1), as: UTF8.self)
            return try Patterns.check(pattern, text)
        }
        // A pattern may repeat its parts a thousand times.
        target.limits.seconds = 0.5
        return target
    }()

    static let template: Target = {
        var target = Target("template", tokens: Patterns.templateTokens) { input in
            let text = String(decoding: input, as: UTF8.self)
            let template: Template
            do throws(TemplateError) {
                template = try Template(text, name: "__alert_A")
            } catch {
                try Patterns.check(error)
                return .refused
            }
            let samples = (0..<40).map { TemplateSample(labels: ["a": "\($0)"], value: 0.1) }
            for problem in template.problems(query: { _ in [] }) { try Patterns.check(problem) }
            let data = TemplateData(
                labels: ["graph_id": "a<b>", "graph_name": "é\u{1B}"],
                value: 1234.5,
                externalLabels: ["region": "r"],
                externalURL: "http://127.0.0.1:1/p",
                query: { _ in samples },
                now: 1.8e9
            )
            do {
                let expanded = try template.expand(data)
                guard expanded.utf8.count <= 17 << 20 else {
                    throw Broken("output length", "\(expanded.utf8.count) bytes")
                }
            } catch let error as TemplateError {
                try Patterns.check(error)
            }
            return .accepted
        }
        // As many steps as an expansion may have.
        target.limits.seconds = 0.5
        target.limits.megabytes = 96
        return target
    }()

    /// The series of rule unit tests.
    static let seriesNotation: Target = {
        let tokens = [
            "a{b=\"c\"}", "1+2x3", "1x1000000", "-5-2x4", "_x5", "stale", "NaN", "Inf", "{{", "}}",
            "{{schema:1 sum:-0.3 buckets:[1 2 3]}}", " ", "'", "_", "x", "0x1F", "1e999",
        ]
        var target = Target("series", tokens: tokens) { input in
            let text = String(decoding: input, as: UTF8.self)
            do {
                let read = try SeriesNotation.parse(text)
                guard read.values.count <= SeriesNotation.maximumValues else {
                    throw Broken("too many values", "\(read.values.count)")
                }
                return .accepted
            } catch let error as SeriesNotationError {
                try Message.check("\(error)")
                guard (1...(text.utf8.count + 1)).contains(error.column) else {
                    throw Broken("place", "\(error)")
                }
                return .refused
            }
        }
        // A few characters stand for a million values.
        target.limits.seconds = 0.3
        target.limits.megabytes = 160
        return target
    }()
}

private enum Patterns {
    static let tokens = [
        "(", ")", "(?:", "(?i)", "(?s-m)", "(?P<n>", "[", "[^", "]", "[[:alpha:]]", "\\p{Greek}",
        "\\pL", "\\P{^Lu}", "\\d", "\\W", "\\b", "\\B", "\\A", "\\z", "\\Q", "\\E", "\\x{10FFFF}",
        "\\C", "*", "+", "?", "*?", "{2,3}", "{1000}", "{0,}", "|", ".", "^", "$", "(a*)*",
        "(a|b)+",
        "[a-z", "ſK", "\\1", "(?=a)", "a{,2}", "(?i)ß", "\n", "aaaaaaaa",
    ]

    static let templateTokens = [
        "{{", "}}", "{{-", "-}}", "{{/*", "*/}}", "{{ if ", "{{ else }}", "{{ end }}", "{{ range ",
        "{{ range $i, $e := query \"up\" }}", "{{ with ", "{{ define \"a\" }}",
        "{{ template \"a\" . }}",
        "{{ template \"a\" }}", "{{ break }}", "{{ block \"b\" . }}", "$labels", ".Labels",
        "$value",
        "| printf \"%s\"", "printf \"%1000000d\" 1", "%[3]*.[2]*[1]f", "%!v", "humanize",
        "humanizeDuration",
        "toTime", "query \"up\"", "first", "value", "label \"a\"", "sortByLabel \"a\"",
        "reReplaceAll",
        "\"(a*)*\" \"$0$0\"", "len", "index", "slice", "html", "js", "urlquery", "and", "or", "not",
        "eq 1 1", "lt", "graphLink", "pathPrefix", "externalURL", "stripPort", "parseDuration",
        ":=",
        "=", "`", "'a'", "0x1p-2", "1_000", "1i", "nil", "true", "args 1 2", "safeHtml", "title",
        "match", "tmpl \"a\" .", ".", "$", "(", ")", "|", ",", "\"\\xff\"",
    ]

    /// All ways to match agree, and replacing each match by itself changes nothing.
    static func check(_ pattern: String, _ text: String) throws -> Reading {
        let (whole, matcher, search): (RegularExpression, FullMatcher, RegularExpression)
        do {
            search = try RegularExpression(pattern)
        } catch {
            try Message.check("\(error)")
            return .refused
        }
        do throws(RegularExpressionError) {
            whole = try RegularExpression(matchingWhole: pattern)
            matcher = try FullMatcher(pattern)
        } catch {
            guard [.tooLarge, .tooLargeTogether, .nestsTooDeeply].contains(error.reason) else {
                throw Broken("anchored differs", "\(error)")
            }
            return .refused
        }
        // Matching takes so many steps; callers bound them.
        guard search.instructionCount * (text.utf8.count + 1) < 4_000_000 else { return .accepted }
        guard whole.matches(text) == matcher.matches(text) else {
            throw Broken("matchers disagree", "\(matcher.matches(text)) by the full matcher")
        }
        if let texts = matcher.texts, !texts.allSatisfy(whole.matches) {
            throw Broken("literal does not match", "")
        }
        try checkSearch(search, text)
        return .accepted
    }

    private static func checkSearch(_ search: RegularExpression, _ text: String) throws(Broken) {
        let match = search.firstMatch(in: text)
        guard (match != nil) == search.matches(text) else { throw Broken("searches disagree", "") }
        if let match {
            let captures = (0..<20).compactMap(match.capture)
            guard captures.allSatisfy({ $0.upperBound <= text.utf8.count }) else {
                throw Broken("capture out of range", "\(captures)")
            }
        }
        // Each match starts a new search.
        guard search.instructionCount * text.utf8.count < 20_000 else { return }
        let same = search.replacingAll(in: text, with: ReplacementTemplate("${0}"))
        guard same?.utf8.elementsEqual(text.utf8) ?? true else {
            throw Broken("replacement by itself differs", "")
        }
    }

    /// The place is the template's name and a line.
    static func check(_ error: TemplateError) throws(Broken) {
        try Message.check("\(error)")
        guard "\(error)".firstMatch(of: /^template: __alert_A:[0-9]+/) == nil else { return }
        throw Broken("place", "\(error)")
    }
}
