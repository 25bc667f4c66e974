import PromQL
import PromQLTestLanguage
import Testing

/// The runner holds every query against its value as the expression of a rule.
@Suite("The expression of a rule")
struct RuleExpressionTests {
    private static let load = """
        load 1m
          x{a="1"} 1 2 3 stale
          x{a="2"} 10 20 30 40
          y{a="1"} 5 5 5 5


        """

    private func run(_ cases: String) throws -> [String] {
        let script = try TestScript.parse(Self.load + cases, name: "rules")
        let report = ScriptRunner().run(script)
        #expect(report.passedCount + report.failures.count == script.evaluationCount)
        return report.failures.map(\.description)
    }

    @Test(
        "fails as the query does, where nothing on the other side could keep an element",
        arguments: [
            "none and (x + on() x)", "none unless (x + on() x)",
            "none * on() group_left (x + on() x)",
            "(x + on() x) and none", "(x + on() x) unless none", "(x + on() x) * on(a) none",
            "none and on() (x + on() x) and y", "(none and y) and (x + on() x)",
            "sum(none) > sum(x + on() x)", "(y or none) and none and (x + on() x)",
        ]
    )
    func failures(query: String) throws {
        #expect(try run("eval instant at 2m \(query)\n  expect fail") == [])
    }

    @Test(
        "keeps what other operands put where there was nothing",
        arguments: [
            ("none or y", "y{a=\"1\"} 5"), ("(none and y) or y", "y{a=\"1\"} 5"),
            ("none > 1 or y", "y{a=\"1\"} 5"), ("none and y or y and none or y", "y{a=\"1\"} 5"),
            ("absent(none)", "{} 1"), ("absent_over_time(none[5m])", "{} 1"),
            ("vector(1) unless none", "{} 1"), ("sum(none) or vector(0)", "{} 0"),
            ("vector(scalar(none)) == 1 or vector(2)", "{} 2"), ("y unless none", "y{a=\"1\"} 5"),
            ("count(none) or count(x)", "{} 2"), ("max by (a) (x) == 20", "{a=\"2\"} 30"),
        ]
    )
    func presence(query: String, expected: String) throws {
        let failures = try run("eval instant at 2m \(query)\n  \(expected)")
        // The last one is wrong on purpose: nothing equals 20 then.
        #expect(failures.isEmpty == (query != "max by (a) (x) == 20"), "\(failures)")
    }

    @Test("reads a range to the end that a marker of staleness hides")
    func staleness() throws {
        let cases = """
            eval instant at 3m last_over_time(x[5m])
              x{a="1"} 3
              x{a="2"} 40

            eval instant at 3m x
              x{a="2"} 40

            eval instant at 3m last_over_time(x[5m]) > 3 and on (a) x
              x{a="2"} 40

            """
        #expect(try run(cases) == [])
    }

    @Test("finds series that came after it was evaluated")
    func newSeries() throws {
        let cases = """
            eval instant at 2m z or none

            eval instant at 2m max by (a) (z) > 0

            load 1m
              z{a="3"} 1 1 1

            eval instant at 2m z or none
              z{a="3"} 1

            eval instant at 2m max by (a) (z) > 0
              {a="3"} 1

            """
        #expect(try run(cases) == [])
    }
}

extension TestScript {
    fileprivate var evaluationCount: Int {
        statements.count { if case .evaluate = $0.command { true } else { false } }
    }
}
