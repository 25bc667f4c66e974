import Foundation
import Testing

/// graphwarden and the promtool of Prometheus 3 check the same files, in the language of version 3.
@Suite("Promtool 3 and graphwarden", .enabled(if: Program.newerPromtool != nil))
struct NewerPromtoolTests {
    private struct Texts {
        let theirs: (status: Int32, text: String)
        let ours: (status: Int32, text: String)
    }

    private func run(_ arguments: [String], in scratch: Scratch) async throws -> Texts {
        let tool = try #require(Program.newerPromtool)
        return Texts(
            theirs: try await Program.run(tool, arguments),
            ours: try await Program.run(Program.graphwarden, arguments)
        )
    }

    /// What a rule file with one recording rule for each expression says of each of them.
    private func messages(_ text: String) -> [Int: String] {
        let matches = text.split(separator: "\n").compactMap {
            $0.firstMatch(of: /"r(\d+)": could not parse expression: (.+)$/)
        }
        return Dictionary(matches.map { (Int($0.1) ?? -1, String($0.2)) }) { first, _ in first }
    }

    @Test("say the same of expressions that cannot be parsed")
    func parserMessages() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let rules = ExpressionMistakes.all.enumerated().map { index, expression in
            "  - record: r\(index)\n    expr: '\(expression.replacing("'", with: "''"))'\n"
        }
        let text = "groups:\n- name: g\n  rules:\n" + rules.joined()
        let file = try scratch.write(text, to: "r.yml").path
        let texts = try await run(["check", "rules", "--lint=none", file], in: scratch)
        let theirs = messages(texts.theirs.text)
        let ours = messages(texts.ours.text)
        #expect(theirs.count == ExpressionMistakes.all.count, "\(texts.theirs.text)")
        for (index, expression) in ExpressionMistakes.all.enumerated() {
            #expect(ours[index] == theirs[index], "\(expression)")
        }
    }

    @Test("expand failing templates to the same text")
    func failingTemplates() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let annotations = FailingTemplates.all.enumerated().map { index, template in
            "      t\(index): '\(template.replacing("'", with: "''"))'\n"
        }
        try scratch.write(
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 1\n    annotations:\n"
                + annotations.joined(),
            to: "r.yml"
        )
        let file = try scratch.write(
            """
            rule_files: [r.yml]
            tests:
              - interval: 1m
                input_series: [{series: 'up{job="j"}', values: '1'}]
                alert_rule_test: [{eval_time: 0m, alertname: A}]
            """,
            to: "test.yml"
        ).path
        let check = try await run(["check", "rules", scratch.folder.path + "/r.yml"], in: scratch)
        #expect(check.theirs.status == 0 && check.ours.status == 0)
        #expect(check.ours.text.contains("will expand to an error"))
        let texts = try await run(["test", "rules", file], in: scratch)
        let theirs = expansions(texts.theirs.text)
        #expect(theirs.count == FailingTemplates.all.count, "\(texts.theirs.text)")
        let ours = expansions(texts.ours.text)
        for (index, template) in FailingTemplates.all.enumerated() {
            #expect(ours[index] == theirs[index], "\(template)")
            #expect(theirs[index]?.contains("<error expanding template: ") == true, "\(template)")
        }
    }

    /// The quoted annotations of an unexpected alert, as both programs show them.
    private func expansions(_ text: String) -> [Int: String] {
        let matches = text.matches(of: /\bt(\d+)(?:=|: )("(?:[^"\\]|\\.)*")/)
        return Dictionary(matches.map { (Int($0.1) ?? -1, String($0.2)) }) { first, _ in first }
    }

    @Test("take the same for a number", arguments: ["value", "limit", "fuzzy_compare"])
    func numbers(field: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let forms = [
            "6", "6.0", "0x6", "0X6", "0o6", "06", "08", "0b110", "6_0", "1_", "_1", "1__0", "+6",
            "-6", ".5", "5.", "1e3", "1E+3", ".inf", "+.Inf", ".NaN", "NaN", "inf", "\"6\"", "'6'",
            "!!float \"6\"", "!!int \"6\"", "!!str 6", "!!float 6", "null", "~", "", "0x1p3",
            "1:30", "true", "False", "yes", "Off", "oFF", "y", "\"true\"", "!!bool \"true\"", "0_6",
            "1e400", "-0", "0x", "1e", "1.5_0", "-0x6", "99999999999999999999", "2001-01-01",
            "[6]", "{a: 6}", "0.1.2", "6e", "0b2", "0o8", "1e1_0", "!!null \"\"",
        ]
        for form in forms {
            let file: String
            if field == "limit" {
                file = try scratch.write(
                    "groups: [{name: g, limit: \(form), rules: [{record: a, expr: up}]}]",
                    to: "r.yml"
                ).path
            } else {
                // Whatever the value is, no sample is expected, so that only reading it can fail.
                let fuzzy = field == "fuzzy_compare" ? form : "false"
                let value = field == "value" ? form : "6"
                file = try scratch.write(
                    """
                    fuzzy_compare: \(fuzzy)
                    tests:
                    - interval: 1m
                      promql_expr_test:
                      - expr: vector(6)
                        exp_samples: [{labels: '{}', value: 6}, {labels: 'x', value: \(value)}]
                    """,
                    to: "test.yml"
                ).path
            }
            let command = field == "limit" ? "check" : "test"
            let texts = try await run([command, "rules", file], in: scratch)
            let theyRefuse = texts.theirs.text.contains("unmarshal")
            let weRefuse = texts.ours.text.contains(": expected ")
            #expect(weRefuse == theyRefuse, "\(field): \(form)\n\(texts.ours.text)")
        }
    }

    @Test("read the same series", arguments: SeriesForms.all)
    func series(values: String) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let file = try scratch.write(
            """
            tests:
            - interval: 1m
              input_series: [{series: s, values: '\(values)'}]
              promql_expr_test:
              - {expr: 'count_over_time(s[1h])', eval_time: 30m, exp_samples: [{labels: x, value: 1}]}
              - {expr: 'sum_over_time(s[1h])', eval_time: 30m, exp_samples: [{labels: x, value: 1}]}
              - {expr: s + 0, eval_time: 3m, exp_samples: [{labels: x, value: 1}]}
            """,
            to: "test.yml"
        ).path
        let texts = try await run(["test", "rules", file], in: scratch)
        #expect(texts.theirs.status == 1 && texts.ours.status == 1)
        let theirs = texts.theirs.text.matches(of: /got: ?(?:\{\} )?(\S+)/).map {
            $0.1 == "nil" ? nil : Double($0.1)
        }
        let found = texts.ours.text.split(separator: "test.yml:").map {
            $0.firstMatch(of: /\+ \{\} (\S+)/).flatMap { Double($0.1) }
        }
        let ours = texts.ours.text.contains("could not be run") ? [] : found.dropFirst().prefix(3)
        #expect(
            ours.map { "\($0 ?? -99)" } == theirs.map { "\($0 ?? -99)" },
            "\(texts.theirs.text)\(texts.ours.text)"
        )
    }

    @Test("agree on rules whose series lose their names, and on counters with resets")
    func evaluation() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(
            """
            groups:
            - name: g
              rules:
              - alert: Busy
                expr: max_over_time((x - 1 > 0 or y / 2 > 0)[9m:1m]) > 0
              - {record: peak, expr: 'max_over_time((x - 1 > 0 or y / 2 > 0)[9m:1m])'}
            """,
            to: "r.yml"
        )
        let file = try scratch.write(
            """
            rule_files: [r.yml]
            evaluation_interval: 1m
            tests:
            - interval: 1m
              input_series:
              - {series: 'x{k="1"}', values: '2x4 1x10'}
              - {series: 'y{k="1"}', values: '0x4 3x10'}
              - {series: 'c', values: '777777+7x5 0.3+17x9 0.1 _ 90.7+333.3x7 0.7+1.1x9'}
              alert_rule_test:
              - {eval_time: 9m, alertname: Busy, exp_alerts: [{exp_labels: {k: "1"}}]}
              promql_expr_test:
              - {expr: 'peak', eval_time: 9m, exp_samples: [{labels: 'peak{k="1"}', value: 1.5}]}
              - expr: count_over_time((abs(x > 1) or abs(y > 1))[9m:1m])
                eval_time: 9m
                exp_samples: [{labels: '{k="1"}', value: 9}]
              - {expr: 'rate(c[30m])', eval_time: 31m30s, exp_samples: [{labels: '{}', value: 1}]}
              - {expr: 'increase(c[33m])', eval_time: 34m, exp_samples: [{labels: '{}', value: 1}]}
              - {expr: 'delta(c[33m])', eval_time: 34m, exp_samples: [{labels: '{}', value: 1}]}
            """,
            to: "test.yml"
        ).path
        let texts = try await run(["test", "rules", file], in: scratch)
        let theirs = texts.theirs.text.matches(of: /got: ?\{\} (\S+)/).map { Double($0.1) }
        let ours = texts.ours.text.matches(of: /\+ \{\} (\S+)/).map { Double($0.1) }
        #expect(theirs.count == 3, "\(texts.theirs.text)")
        #expect(ours == theirs, "\(texts.theirs.text)\(texts.ours.text)")
    }
}
