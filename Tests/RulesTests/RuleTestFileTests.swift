import PromQL
import Series
import StrictYAML
import Testing

@testable import Rules
import Time

private let rules = """
    groups:
      - name: g
        rules:
          - alert: A
            expr: m == 0
            for: 2m
            labels: {hang: import}
            annotations: {summary: "graph {{ $labels.graph_id }}: {{ $value }}"}
          - {record: r, expr: m}
    """

private func run(
    _ tests: String,
    rules text: String = rules,
    options: RuleTestFile.Options = .init()
) throws -> RuleTestReport {
    let (file, issues) = RuleTestFile.parse(
        "rule_files: [r.yml]\ntests:\n" + tests,
        file: "t.yaml"
    )
    let ruleFile = try #require(RuleFile.parse(text, file: "r.yml").file)
    return try #require(file, "\(issues)").run([ruleFile], options: options)
}

private func complaints(_ text: String) -> [String] {
    RuleTestFile.parse(text, file: "t").issues.map { String($0.description.dropFirst(2)) }
}

@Suite("A file of rule tests")
struct RuleTestFileTests {
    private let series = """
          - name: hang
            input_series:
              - {series: 'm{graph_id="g1"}', values: '0x5'}

        """

    @Test("passes when the results are as expected")
    func passes() throws {
        let report = try run(
            series + """
                    alert_rule_test:
                      - {eval_time: 1m59s, alertname: A}
                      - eval_time: 2m
                        alertname: A
                        exp_alerts:
                          - exp_labels: {hang: import, graph_id: g1}
                            exp_annotations: {summary: "graph g1: 0"}
                      - {eval_time: 2m, alertname: Absent, exp_alerts: []}
                    promql_expr_test:
                      - {expr: r, eval_time: 5m, exp_samples: [{labels: 'r{graph_id="g1"}', value: 0}]}
                      - {expr: "7", eval_time: 1m, exp_samples: [{value: 7}]}
                      - {expr: absent, eval_time: 5m}
                """
        )
        #expect(report.passed, "\(report.description)")
        #expect(report.description == "t.yaml: 1 test passed")
    }

    @Test("shows missing and unexpected results")
    func differences() throws {
        let report = try run(
            series + """
                    alert_rule_test:
                      - eval_time: 3m
                        alertname: A
                        exp_alerts:
                          - exp_labels: {hang: export, graph_id: g1}
                      - eval_time: 3m
                        alertname: A
                        exp_alerts:
                          - exp_labels: {hang: import, graph_id: g1}
                            exp_annotations: {summary: "graph g1: 1", other: x}
                    promql_expr_test:
                      - expr: r
                        eval_time: 4m
                        exp_samples: [{labels: 'r{graph_id="g1"}', value: 1}, {labels: 'r{a="b"}', value: 0}]
                """
        )
        #expect(!report.passed)
        #expect(
            report.description == """
                t.yaml:7: FAILED "hang": alert A at 3m
                    - {alertname="A", graph_id="g1", hang="export"}
                    + {alertname="A", graph_id="g1", hang="import"}
                        - exp_labels:
                            graph_id: "g1"
                            hang: "import"
                          exp_annotations:
                            summary: "graph g1: 0"
                t.yaml:11: FAILED "hang": alert A at 3m
                      {alertname="A", graph_id="g1", hang="import"}: the annotations differ
                    - other: x
                    - summary: graph g1: 1
                    + summary: graph g1: 0
                t.yaml:17: FAILED "hang": expression r at 4m
                    - r{a="b"} 0.0
                    - r{graph_id="g1"} 1.0
                    + r{graph_id="g1"} 0.0
                t.yaml: 1 of 1 tests failed
                """
        )
    }

    @Test("compares exact bits by default")
    func bits() throws {
        func passes(_ expected: String, fuzzy: Bool = false, tolerance: Double = 0) throws -> Bool {
            let text = """
                  - input_series: [{series: m, values: '0.1'}]
                    promql_expr_test: [{expr: m, exp_samples: [{labels: m, value: \(expected)}]}]
                """
            let (file, _) = RuleTestFile.parse(
                "fuzzy_compare: \(fuzzy)\ntests:\n" + text,
                file: "t"
            )
            return try #require(file).run([], options: .init(tolerance: tolerance)).passed
        }
        #expect(try passes("0.1"))
        #expect(try !passes("0.10000000000000002"))
        #expect(try passes("0.10000000000000002", fuzzy: true))
        #expect(try !passes("0.10000000000000005", fuzzy: true))
        #expect(try !passes("0.101", tolerance: 0.001))
        #expect(try passes("0.101", tolerance: 0.01))
        #expect(try !passes(".nan", tolerance: 1))
    }

    @Test("feeds gaps, stale markers and infinities")
    func samples() throws {
        let report = try run(
            """
              - input_series:
                  - {series: 'm{s="a"}', values: '1 stale'}
                  - {series: 'm{s="b"}', values: '1 _x2'}
                  - {series: 'm{s="c"}', values: '-Inf'}
                  - {series: 'm{s="d"}', values: 'NaN NaN NaN NaN'}
                promql_expr_test:
                  - expr: m
                    eval_time: 2m
                    exp_samples:
                      - {labels: 'm{s="b"}', value: 1}
                      - {labels: 'm{s="c"}', value: -.inf}
                      - {labels: 'm{s="d"}', value: .nan}
            """
        )
        #expect(report.passed, "\(report.description)")
    }

    @Test("shows an unexpected alert with its annotations, ready to be copied")
    func unexpectedAlert() throws {
        let rules = """
            groups:
              - name: g
                rules:
                  - alert: A
                    expr: m == 0
                    labels: {no: x}
                    annotations: {text: 'say "{{ $value }}"', "a b": "line\\nline"}
            """
        let report = try run(
            """
              - name: one
                input_series: [{series: 'm{graph_id="g1"}', values: '0'}]
                alert_rule_test: [{alertname: A}]
            """,
            rules: rules
        )
        let expected = #"""
            t.yaml:5: FAILED "one": alert A at 0s
                + {alertname="A", graph_id="g1", no="x"}
                    - exp_labels:
                        graph_id: "g1"
                        "no": "x"
                      exp_annotations:
                        "a b": "line\nline"
                        text: "say \"0\""
            t.yaml: 1 of 1 tests failed
            """#
        #expect(report.description == expected)
        // As copied, with the indentation of the test file.
        let copied = report.description.split(separator: "\n")[2...7]
            .map { String($0.dropFirst(8)) }.joined(separator: "\n            ")
        let second = try run(
            """
              - input_series: [{series: 'm{graph_id="g1"}', values: '0'}]
                alert_rule_test:
                  - alertname: A
                    exp_alerts:
                        \(copied)
            """,
            rules: rules
        )
        #expect(second.passed, "\(second.description)")
    }

    @Test("uses the last of repeated series")
    func repeatedSeries() throws {
        let report = try run(
            """
              - interval: 0s
                input_series:
                  - {series: m, values: '1 2'}
                  - {series: m, values: "3\\n"}
                promql_expr_test:
                  - {expr: m, eval_time: 1m, exp_samples: [{labels: m, value: 3}]}
            """
        )
        #expect(report.passed, "\(report.description)")
    }

    @Test("starts at the given time")
    func startTime() throws {
        let report = try run(
            """
              - start_timestamp: 2026-01-02T03:04:05Z
                input_series: [{series: m, values: '0x9'}]
                promql_expr_test:
                  - expr: ALERTS_FOR_STATE
                    eval_time: 1m
                    exp_samples:
                      - labels: 'ALERTS_FOR_STATE{alertname="A", hang="import"}'
                        value: 1767323045
            """
        )
        #expect(report.passed, "\(report.description)")
    }

    @Test("stops a test whose rules fail")
    func failingRules() throws {
        let report = try run(
            """
              - name: twins
                input_series:
                  - {series: 'm{graph_id="g1"}', values: '0x9'}
                  - {series: 'm{graph_id="g2"}', values: '0x9'}
                alert_rule_test: [{eval_time: 9m, alertname: A}]
            """,
            rules: "groups: [{name: g, rules: [{alert: A, expr: m, labels: {graph_id: x}}]}]"
        )
        #expect(
            report.description == """
                t.yaml:3: FAILED "twins": rule A at 0s
                      vector contains metrics with the same labelset after applying alert labels
                t.yaml: 1 of 1 tests failed
                """
        )
    }

    @Test("evaluates groups in the given order")
    func groupOrder() throws {
        let text = """
            groups:
              - {name: reader, rules: [{record: twice, expr: once}]}
              - {name: writer, rules: [{record: once, expr: m}]}
            """
        func samples(_ order: String) throws -> Bool {
            let (file, _) = RuleTestFile.parse(
                """
                group_eval_order: [\(order)]
                tests:
                  - input_series: [{series: m, values: '1'}]
                    promql_expr_test: [{expr: twice, exp_samples: [{labels: twice, value: 1}]}]
                """,
                file: "t"
            )
            let ruleFile = try #require(RuleFile.parse(text, file: "r.yml").file)
            return try #require(file).run([ruleFile]).passed
        }
        #expect(try samples("writer, reader"))
        #expect(try samples("writer"))
        #expect(try !samples(""))
    }

    @Test("writes JUnit")
    func junit() throws {
        let report = try run(
            series + "    alert_rule_test: [{eval_time: 1m, alertname: A}]\n"
                + "  - name: a < \"b\"\n    promql_expr_test: [{expr: '1', exp_samples: []}]"
        )
        #expect(
            RuleTestReport.junit([report]) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="2" failures="1" errors="0">
                  <testsuite name="t.yaml" tests="2" failures="1" errors="0">
                    <testcase name="hang" classname="t.yaml" line="3"/>
                    <testcase name="a &lt; &quot;b&quot;" classname="t.yaml" line="7">
                      <failure message="expression 1 at 0s">+ {} 1.0</failure>
                    </testcase>
                  </testsuite>
                </testsuites>

                """
        )
    }

    @Test("reports tests that could not run in JUnit")
    func notRun() {
        let report = RuleTestReport(file: "t.yaml", cases: [], problems: ["r.yml:1:1: a < b"])
        #expect(!report.passed)
        #expect(report.description == "t.yaml: FAILED, the tests could not be run")
        let junit = RuleTestReport.junit([report])
        #expect(junit.contains("<testsuites tests=\"1\" failures=\"0\" errors=\"1\">"))
        #expect(junit.contains("r.yml:1:1: a &lt; b</error>"))
    }

    @Test(
        "is read strictly",
        arguments: [
            (
                "tests: [{input_seriess: []}]",
                "1:10: tests[0]: unknown key \"input_seriess\"; did you mean \"input_series\"?"
            ),
            (
                "group_eval_order: [a, b, a]",
                "1:1: group name repeated in evaluation order: a"
            ),
            (
                "tests: [{input_series: [{series: 'm{', values: '1'}]}]",
                "1:34: tests[0].input_series[0].series: not a series: 1:3: parse error: unexpected end of input inside braces"
            ),
            (
                "tests: [{input_series: [{series: m, values: '1y'}]}]",
                "1:45: tests[0].input_series[0].values: not series values: column 2: unexpected \"y\" in series values"
            ),
            (
                "tests: [{alert_rule_test: [{eval_time: 1m}]}]",
                "1:28: tests[0].alert_rule_test[0]: missing key \"alertname\""
            ),
            (
                "tests: [{promql_expr_test: [{expr: m, exp_samples: [{value: x}]}]}]",
                "1:61: tests[0].promql_expr_test[0].exp_samples[0].value: expected a number, found \"x\""
            ),
            (
                "tests: [{promql_expr_test: [{expr: m, exp_samples: [{histogram: '{{}}'}]}]}]",
                "1:54: tests[0].promql_expr_test[0].exp_samples[0]: native histograms are not supported"
            ),
            (
                "tests: [{start_timestamp: yesterday}]",
                "1:27: tests[0].start_timestamp: expected a Unix timestamp or an RFC 3339 time, found \"yesterday\""
            ),
            (
                "tests: [{alert_rule_test: [{alertname: A, eval_time: 290y}]}]",
                "1:9: tests[0]: the test needs 152424000 evaluations; the maximum is 1000000"
            ),
        ]
    )
    func strict(text: String, expected: String) {
        #expect(complaints(text) == [expected])
    }
}
