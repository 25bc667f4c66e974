import Series
import StrictYAML
import Testing

@testable import Rules

private func complaints(_ text: String) -> [String] {
    RuleFile.parse(text, file: "r.yml").issues.map(\.description)
}

/// The errors of one rule, written as YAML with an indentation of six columns.
private func complaints(aboutRule rule: String) -> [String] {
    let lines = rule.split(separator: "\n").enumerated().map { index, line in
        (index == 0 ? "      - " : "        ") + line
    }
    return complaints("groups:\n  - name: g\n    rules:\n" + lines.joined(separator: "\n"))
        .map { String($0.dropFirst("r.yml:".count)) }
}

@Suite("A rule file")
struct RuleFileTests {
    @Test("has every key of Prometheus")
    func keys() throws {
        let text = """
            groups:
              - name: g
                interval: 15s
                limit: 3
                query_offset: 1m
                labels: {team: graphs, severity: info}
                rules:
                  - alert: A
                    expr: m == 0
                    for: 5m
                    keep_firing_for: 1m
                    labels: {severity: "{{ $labels.tier }}"}
                    annotations: {summary: "is {{ $value }}", empty: }
                  - record: a:b
                    expr: m
                    labels: {x: 1}
              - name: h
            """
        let (file, issues) = RuleFile.parse(text, file: "r.yml")
        #expect(issues.isEmpty)
        let groups = try #require(file).groups
        #expect(groups.map(\.name) == ["g", "h"])
        let group = groups[0]
        #expect(group.file == "r.yml")
        #expect(group.interval == .seconds(15))
        #expect(group.limit == 3)
        #expect(group.queryOffset == .seconds(60))
        guard case .alerting(let alert) = group.rules[0],
            case .recording(let record) = group.rules[1]
        else {
            Issue.record("wrong kinds")
            return
        }
        #expect(alert.holdDuration == .seconds(300))
        #expect(alert.keepFiringFor == .seconds(60))
        #expect(alert.labels.map(\.name) == ["severity", "team"])
        #expect(alert.labels.map(\.text) == ["{{ $labels.tier }}", "graphs"])
        #expect(alert.annotations.map(\.name) == ["empty", "summary"])
        #expect(record.labels.map(\.name) == ["severity", "team", "x"])
        #expect(record.labels.map(\.value) == ["info", "graphs", "1"])
        #expect(groups[1].interval == nil)
    }

    @Test("may have no rules", arguments: ["", "groups:", "groups: []", "# nothing"])
    func noRules(text: String) throws {
        let (file, issues) = RuleFile.parse(text, file: "r.yml")
        #expect(issues.isEmpty)
        #expect(try #require(file).groups.isEmpty)
    }

    @Test(
        "is reported with promtool's messages",
        arguments: [
            (
                "alert: A\nrecord: a\nexpr: m",
                "5:17: group \"g\", rule 1, \"A\": only one of 'record' and 'alert' must be set"
            ),
            ("expr: m", "4:9: group \"g\", rule 1, \"\": one of 'record' or 'alert' must be set"),
            ("alert: A", "4:9: group \"g\", rule 1, \"A\": field 'expr' must be set in rule"),
            (
                "alert: A\nexpr: rate(",
                "5:15: group \"g\", rule 1, \"A\": could not parse expression: 1:6: parse error: unclosed left parenthesis"
            ),
            (
                "record: a:b\nexpr: m\nannotations: {a: b}",
                "4:17: group \"g\", rule 1, \"a:b\": invalid field 'annotations' in recording rule"
            ),
            (
                "record: a:b\nexpr: m\nfor: 1s",
                "4:17: group \"g\", rule 1, \"a:b\": invalid field 'for' in recording rule"
            ),
            (
                "record: a:b\nexpr: m\nkeep_firing_for: 1s",
                "4:17: group \"g\", rule 1, \"a:b\": invalid field 'keep_firing_for' in recording rule"
            ),
            (
                "record: 'a{b}'\nexpr: m",
                "4:17: group \"g\", rule 1, \"a{b}\": braces present in the recording rule name; should it be in expr?: a{b}"
            ),
            (
                "record: a\nexpr: m\nlabels: {__name__: b}",
                "6:18: group \"g\", rule 1, \"a\": invalid label name: __name__"
            ),
            (
                "alert: A\nexpr: m\nlabels: {'': b}",
                "6:18: group \"g\", rule 1, \"A\": invalid label name: "
            ),
            (
                "alert: A\nexpr: m\nannotations: {'': b}",
                "6:23: group \"g\", rule 1, \"A\": invalid annotation name: "
            ),
            (
                "alert: D\nexpr: m\nannotations: {s: '{{ $x }}'}",
                "6:26: group \"g\", rule 1, \"D\": annotation \"s\": template: __alert_D:1: undefined variable \"$x\""
            ),
            (
                "alert: D\nexpr: m\nlabels: {s: '{{ nope }}'}",
                "6:21: group \"g\", rule 1, \"D\": label \"s\": template: __alert_D:1: function \"nope\" not defined"
            ),
            (
                "alert: A\nexpr: ''",
                "5:15: group \"g\", rule 1, \"A\": field 'expr' must be set in rule"
            ),
            (
                "alert: A\nexpr: m[5m]",
                "5:15: group \"g\", rule 1, \"A\": the expression is a range vector; a rule needs an instant vector or a scalar"
            ),
            (
                "alert: A\nexpr: m\nforr: 1m",
                "6:9: groups[0].rules[0]: unknown key \"forr\"; did you mean \"for\"?"
            ),
            (
                "alert: A\nexpr: m\nfor: 30 s",
                "6:14: groups[0].rules[0].for: unknown unit \" s\" in duration \"30 s\""
            ),
        ]
    )
    func mistakes(rule: String, expected: String) {
        #expect(complaints(aboutRule: rule) == [expected])
    }

    @Test("has all its mistakes reported at once")
    func allMistakes() {
        let text = """
            groups:
              - name: g
                rules:
                  - alert: A
                    expr: rate(
                  - expr: m
              - name: g
              - rules: []
            """
        #expect(
            complaints(text) == [
                "r.yml:5:15: group \"g\", rule 1, \"A\": could not parse expression: "
                    + "1:6: parse error: unclosed left parenthesis",
                "r.yml:6:9: group \"g\", rule 2, \"\": one of 'record' or 'alert' must be set",
                "r.yml:7:5: groupname: \"g\" is repeated in the same file",
                "r.yml:8:5: Groupname must not be empty",
            ]
        )
    }

    @Test("causes a warning about duplicate rules across groups")
    func duplicateRules() throws {
        let text = """
            groups:
              - name: g
                rules: [{alert: A, expr: m, labels: {a: b}}, {alert: A, expr: m}]
              - name: h
                rules: [{alert: A, expr: n, labels: {a: b}}]
            """
        let (file, issues) = RuleFile.parse(text, file: "r.yml")
        #expect(file != nil)
        #expect(
            issues.map(\.description) == [
                "r.yml:5:13: warning: group \"h\", rule 1, \"A\": duplicate rule: "
                    + "an earlier rule of this file has the same name and labels"
            ]
        )
    }

    @Test(
        "has the labels that request a restart checked",
        arguments: [
            ("remediate: restart, hang: import, graph_id: g", []),
            ("remediate: restart, hang: '{{ $labels.hang }}', graph_id: g", []),
            ("hang: nonsense", []), ("remediate: block", []), ("remediate: block, graph_id: g", []),
            (
                "remediate: restart, hang: imports, graph_id: g",
                [
                    "6:44: error label \"hang\": unknown value \"imports\"; did you mean \"import\"? (known: unresponsive, import, export, clear)"
                ]
            ),
            (
                "remediate: reboot, hang: clear, graph_id: g",
                [
                    "6:29: error label \"remediate\": unknown value \"reboot\" (known: restart, block)"
                ]
            ),
            (
                "remediate: restart, graph_id: g",
                [
                    "6:29: warning requests a remediation without the label \"hang\"; assuming unresponsive (known: unresponsive, import, export, clear)"
                ]
            ),
        ]
    )
    func restartLabels(labels: String, expected: [String]) {
        let rule = "      - alert: A\n        expr: m\n        labels: {\(labels)}\n        for: 1m"
        let issues = RuleFile.parse(
            "groups:\n  - name: g\n    rules:\n" + rule,
            file: "r.yml"
        ).issues
        let shown = issues.map { issue in
            let message = issue.message.replacing("group \"g\", rule 1, \"A\": ", with: "")
            return "\(issue.line):\(issue.column): \(issue.severity) \(message)"
        }
        #expect(shown == expected)
    }

    @Test("causes a warning about a restart after a single sample")
    func singleSample() {
        let rule = "      - {alert: A, expr: m, labels: {remediate: restart, hang: clear}}"
        #expect(
            complaints("groups:\n  - name: g\n    rules:\n" + rule) == [
                "r.yml:4:49: warning: group \"g\", rule 1, \"A\": "
                    + "requests a remediation without \"for\": a single bad sample triggers it"
            ]
        )
    }

    @Test("may use series recorded by other rules")
    func recordedNames() throws {
        let writer = try #require(
            RuleFile.parse(
                "groups: [{name: g, rules: [{record: 'a:b', expr: m}]}]",
                file: "w.yml"
            ).file
        )
        var vocabulary = SeriesVocabulary(metrics: ["m": ["graph_id"]])
        vocabulary.add(writer)
        func issues(_ expression: String) -> [String] {
            RuleFile.read(
                "groups: [{name: g, rules: [{alert: A, expr: '\(expression)'}]}]",
                file: "r.yml",
                vocabulary: vocabulary
            ).issues.map(\.description)
        }
        #expect(issues("a:b{any=\"x\"} > m").isEmpty)
        #expect(
            issues("a:c") == [
                "r.yml:1:45: warning: group \"g\", rule 1, \"A\": "
                    + "unknown series \"a:c\"; did you mean \"a:b\"?"
            ]
        )
    }
}
