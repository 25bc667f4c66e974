import StrictYAML
import Testing

@testable import Rules

private func run(_ tests: String) throws -> RuleTestReport {
    let (file, issues) = RuleTestFile.parse("tests:\n" + tests, file: "t.yaml")
    return try #require(file, "\(issues)").run([])
}

private func complaints(_ text: String) -> [String] {
    RuleTestFile.parse(text, file: "t").issues.map(\.description)
}

@Suite("A number in a rule or test file")
struct RuleTestNumberTests {
    @Test(
        "takes numbers in every form of YAML",
        arguments: [
            ("6", 6), ("0x6", 6), ("0o6", 6), ("06", 6), ("0b110", 6), ("6_0", 60), ("1_", 1),
            ("+6", 6), ("-0x6", -6), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("08", 8),
            ("+.inf", .infinity), ("-.INF", -.infinity), ("!!float \"6\"", 6), ("~", 0), ("", 0),
            ("1_000.5", 1000.5), ("99999999999999999999", 1e20),
        ] as [(String, Double)]
    )
    func numbers(text: String, value: Double) throws {
        let report = try run(
            """
              - input_series: [{series: m, values: '\(value.magnitude == .infinity ? "Inf" : "1")'}]
                promql_expr_test:
                  - {expr: 'vector(\(value))', exp_samples: [{labels: '{}', value: \(text)}]}
            """
        )
        #expect(report.passed, "\(report.description)")
    }

    @Test(
        "takes no text for a number",
        arguments: [
            "NaN", "inf", "\"6\"", "'6'", "!!str 6", "_1", "0x", "1e", "1:30", "true", "1e400",
        ]
    )
    func noNumbers(text: String) {
        let expression =
            "tests: [{promql_expr_test: [{expr: m, exp_samples: [{value: \(text)}]}]}]"
        #expect(complaints(expression).count == 1)
        #expect(complaints(expression).first?.contains("expected a number") == true)
        let (file, issues) = RuleFile.parse(
            "groups: [{name: g, limit: \(text), rules: [{record: r, expr: m}]}]",
            file: "r.yml"
        )
        #expect(file == nil)
        #expect(issues.first?.message.contains("expected a whole number") == true)
    }

    @Test(
        "takes a limit in every form of YAML",
        arguments: [
            ("5", 5), ("0x10", 16), ("1_0", 10), ("2.9", 2), ("1e1", 10), ("-3", 0), ("", 0),
        ]
    )
    func limits(text: String, limit: Int) throws {
        let (file, issues) = RuleFile.parse(
            "groups: [{name: g, limit: \(text), rules: [{record: r, expr: m}]}]",
            file: "r.yml"
        )
        #expect(try #require(file, "\(issues)").groups[0].limit == limit)
    }
}
