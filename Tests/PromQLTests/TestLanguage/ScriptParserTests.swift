import PromQL
import PromQLTestLanguage
import Series
import Testing
import Time

struct ScriptParserTests {
    private func evaluation(_ text: String) throws -> TestScript.Evaluation {
        let script = try TestScript.parse(text, name: "s")
        let first = try #require(script.statements.first)
        guard case .evaluate(let evaluation) = first.command else {
            throw ScriptMismatch()
        }
        return evaluation
    }

    private struct ScriptMismatch: Error {}

    @Test("statements have line numbers")
    func lines() throws {
        let script = try TestScript.parse(
            """
            # a comment

            load 10s53ms
              up 1
              # a comment ends a command
            clear
            EVAL INSTANT AT 1m up
            """,
            name: "s"
        )
        #expect(script.statements.map(\.line) == [3, 6, 7])
        guard case .load(let load) = script.statements[0].command else {
            Issue.record("not a load")
            return
        }
        #expect(load.interval == .milliseconds(10_053))
        #expect(load.series.map(\.labels) == [["__name__": "up"]])
    }

    @Test("times are durations or seconds")
    func times() throws {
        #expect(try evaluation("eval instant at 1h30m  up == 1").time == .instant(.at(5400)))
        #expect(try evaluation("eval instant at 90 up").time == .instant(.at(90)))
        #expect(try evaluation("eval instant at -1m up").time == .instant(.at(-60)))
        #expect(try evaluation("eval instant at 1m30s up or  down").query == "up or  down")
        let range = try evaluation("eval range from 0 to 10m step 500ms sum(up) by (to)")
        #expect(
            range.time == .range(from: .at(0), through: .at(600), step: .milliseconds(500))
        )
        #expect(range.query == "sum(up) by (to)")
    }

    @Test(
        "mistakes have a line",
        arguments: [
            ("foo 5m", 1, "unknown command \"foo\"; expected clear, load or eval"),
            ("clear\n\nload", 3, "not a duration: \"\""),
            ("load 0", 1, "the interval of a load must be positive"),
            ("load 5 minutes", 1, "not a duration: \"5 minutes\""),
            ("load 5m\n  up one", 2, "column 4: expected a number, not \"one\""),
            ("eval at 5m up", 1, "expected \"instant\" or \"range\" after eval"),
            ("eval instant 5m up", 1, "expected \"at\" and a time"),
            ("eval instant at 5m", 1, "there is no query to evaluate"),
            ("eval instant at up 5m", 1, "not a duration: \"up\""),
            ("eval range from 0 to 5m up", 1, "expected \"step\" and a time"),
            ("eval instant at 0 up\n  expect nothing", 2, "cannot expect \"nothing\""),
            (
                "eval instant at 0 up\n  expect fail because", 2,
                "expected \"msg:\" or \"regex:\", not \"because\""
            ),
            (
                "eval instant at 0 up\n  expect fail regex: (", 2,
                "error parsing regexp: missing closing ): `(`"
            ),
            (
                "eval instant at 0 up\n  expect string up", 2,
                "expected a string in quotes, not \"up\""
            ),
            (
                "eval instant at 0 up\n  expect range vector from 0 to 5 step 0", 2,
                "the step must be positive"
            ),
            ("eval instant at 0 up\n  1\n  up 1", 3, "a single value has no series"),
        ]
    )
    func mistakes(text: String, line: Int, message: String) {
        let error = #expect(throws: ScriptError.self) {
            try TestScript.parse(text, name: "a.test")
        }
        #expect(error?.description == "a.test:\(line): \(message)")
    }
}

extension Timestamp {
    static func at(_ seconds: Int) -> Timestamp { Timestamp(seconds: Double(seconds)) }
}
