import PromQL
import Series
import Testing
import Time

@Suite struct EngineLimitTests {
    private func engine(samples: Int, steps: Int = 100) -> Engine {
        var options = EngineOptions()
        options.maximumSamples = samples
        options.maximumSteps = steps
        return Engine(options: options)
    }

    @Test(
        "samples in memory are bounded",
        arguments: [
            "m", "sum_over_time(m[10m])", "m[10m]", "vector(1)[10m:1m]", "missing[1d:1ms]",
        ]
    )
    func samples(query: String) throws {
        let store = try store("m 1 1 1 1 1 1 1 1 1 1\nm{x=\"1\"} 1 1 1 1 1 1 1 1 1 1")
        let expression = try Expression.parse(query == "missing[1d:1ms]" ? "(\(query))" : query)
        #expect(throws: EvaluationError.tooManySamples) {
            try engine(samples: 1).instant(expression, at: .seconds(540), in: store)
        }
        guard !query.hasPrefix("missing") else { return }
        _ = try engine(samples: 20).instant(expression, at: .seconds(540), in: store)
    }

    @Test(
        "labels cannot grow without bound",
        arguments: [
            String(repeating: "label_join(", count: 24)
                + #"label_replace(vector(1), "a", "x", "", "")"#
                + String(repeating: #", "a", "", "a", "a")"#, count: 24),
            #"label_replace(label_replace(vector(1), "a", "0123456789abcdef", "", ""), "a", ""#
                + String(repeating: "$1", count: 10_000) + #"", "a", "(.*)")"#,
        ]
    )
    func labels(query: String) throws {
        let expression = try Expression.parse(query)
        let error = #expect(throws: EvaluationError.self) {
            try engine(samples: 100).instant(expression, at: .seconds(0), in: try store("m 1"))
        }
        #expect(error.map { "\($0)".contains("makes a label of more than 65536 bytes") } == true)
    }

    /// Doubled eight times: 4 KiB.
    private static let long =
        String(repeating: "label_join(", count: 8)
        + #"label_replace(vector(1), "a", "0123456789abcdef", "", "")"#
        + String(repeating: #", "a", "", "a", "a")"#, count: 8)

    @Test(
        "computed labels count as memory, wherever they are kept",
        arguments: [
            // In the vectors that steps share, new in every step, and in an outer subquery.
            "max_over_time(\(long)[200ms:1ms])",
            "max_over_time((\(long) and on () (vector(time()) > 0.2))[1s:5ms])",
            "max_over_time(max_over_time(\(long)[1s:5ms])[5s:1s])",
            // In the result.
            #"label_join(count_values("n", vector(time())) * on () group_left (a) \#(long), "#
                + #""b", "", "n", "a")"#,
            // In one vector.
            #"label_join({__name__=~".+"}, "b", "", "long", "long")"#,
        ]
    )
    func labelMemory(query: String) throws {
        let count = query.contains("__name__") ? 400 : 0
        let long = String(repeating: "x", count: 2_000)
        let store = try store(
            (0..<count).map { "m{n=\"\($0)\",long=\"\(long)\"} 1 1" }.joined(separator: "\n")
        )
        let expression = try Expression.parse(query)
        #expect(throws: EvaluationError.tooManyBytes(limit: 1 << 20)) {
            try engine(samples: 20_000, steps: 1_000).range(
                expression,
                from: .seconds(0),
                through: .seconds(20),
                step: .milliseconds(100),
                in: store
            )
        }
        _ = try engine(samples: 1_000_000).instant(expression, at: .seconds(1), in: store)
    }

    @Test("remembered selections count as memory")
    func selections() throws {
        let store = try store((0..<2_000).map { "m{n=\"\($0)\"} 1" }.joined(separator: "\n"))
        let query = (0..<100).map { "{a!=\"\($0)\",n!=\"\"}" }.joined(separator: " or ")
        let expression = try Expression.parse(query)
        // Before the first sample, so that none is loaded.
        func run(_ samples: Int) throws -> Value {
            try engine(samples: samples).range(
                expression,
                from: .seconds(-20),
                through: .seconds(-10),
                step: .seconds(1),
                in: store
            )
        }
        #expect(throws: EvaluationError.tooManyBytes(limit: 1 << 20)) { try run(1_000) }
        #expect(try run(100_000) == .matrix([]))
    }

    private static let slow = String(repeating: "[ab]{0,900}", count: 20) + "c"

    /// Matches of long values against large patterns.
    @Test(
        "selection and replacement can be interrupted",
        arguments: [
            #"m{long=~"\#(slow)"}"#,
            #"m{long!~"\#(slow)"}"#,
            #"label_replace(m, "x", "$1", "long", "(a?){1000}\#(slow)")"#,
            "label_join(m, \"x\", \"\"" + String(repeating: ",\"n\"", count: 50_000) + ")",
        ]
    )
    func interruptedMatch(query: String) throws {
        let long = String(repeating: "a", count: 10_000)
        let store = try store((0..<4).map { "m{long=\"\(long)\($0)\"} 1" }.joined(separator: "\n"))
        let expression = try Expression.parse(query)
        var calls = 0
        #expect(throws: EvaluationError.interrupted(.timeout)) {
            try Engine().evaluate(expression, at: .seconds(0), in: store) {
                calls += 1
                return calls > 3 ? .timeout : nil
            }
        }
    }

    @Test(
        "long lists of labels cost no more than their length",
        arguments: [
            "sum by (L) (m)", "m * on (L) m", "m * ignoring (L) m",
            "m * on (n) group_left (L) m", "m and on (L) m",
        ]
    )
    func longLists(query: String) throws {
        let store = try store((0..<500).map { "m{n=\"\($0)\"} 1" }.joined(separator: "\n"))
        let names = (0..<4_000).map { "x\($0)" } + Array(repeating: "y", count: 4_000)
        let list = (["(n)", "ignoring"].contains { query.contains($0) } ? names : names + ["n"])
            .joined(separator: ",")
        let expression = try Expression.parse(query.replacing("L", with: list))
        let value = try Engine().instant(expression, at: .seconds(0), in: store)
        guard case .vector(let found) = value else {
            Issue.record("not a vector")
            return
        }
        #expect(found.count == 500)
    }

    @Test("samples of the result count too")
    func resultSamples() throws {
        let store = try store("m 1 1 1 1 1 1 1 1 1 1")
        let expression = try Expression.parse("m")
        func run(_ limit: Int) throws -> Value {
            try engine(samples: limit).range(
                expression,
                from: .seconds(0),
                through: .seconds(540),
                step: .seconds(60),
                in: store
            )
        }
        #expect(throws: EvaluationError.tooManySamples) { try run(9) }
        _ = try run(10)
    }

    @Test("steps are bounded")
    func steps() throws {
        let store = try store("m 1")
        let expression = try Expression.parse("m")
        func run(through end: Double, step: Duration) throws -> Value {
            try engine(samples: 1000).range(
                expression,
                from: .seconds(0),
                through: .seconds(end),
                step: step,
                in: store
            )
        }
        let error = #expect(throws: EvaluationError.self) {
            try run(through: 100, step: .seconds(1))
        }
        #expect(
            error?.description == "exceeded maximum resolution of 100 points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)"
        )
        _ = try run(through: 99, step: .seconds(1))
        #expect(throws: EvaluationError.self) { try run(through: 10, step: .zero) }
        #expect(throws: EvaluationError.self) { try run(through: 10, step: .microseconds(1)) }
        #expect(try run(through: -1, step: .seconds(1)) == .matrix([]))
    }

    @Test("the default limit is the first point and 11,000 more, as in Prometheus")
    func defaultSteps() throws {
        let store = try store("m 1")
        func run(points: Int) throws -> Value {
            try Engine().range(
                Expression.parse("vector(1)"),
                from: .seconds(0),
                through: .seconds(Double(points - 1)),
                step: .seconds(1),
                in: store
            )
        }
        _ = try run(points: 11_001)
        #expect(throws: EvaluationError.self) { try run(points: 11_002) }
    }

    @Test("a subexpression at a fixed time is loaded once per subquery")
    func fixedTimes() throws {
        let store = try store("m 1 2 3 4 5 6 7 8 9 10")
        func run(_ text: String, samples: Int) throws -> Value {
            try engine(samples: samples).instant(
                Expression.parse(text),
                at: .seconds(600),
                in: store
            )
        }
        // 600 steps, each charged with itself and its one sample, and one sample of `m`.
        let query = "max_over_time(sum(m @ 60)[10m:1s])"
        #expect(try run(query, samples: 1210) == run("sum(m @ 60)", samples: 10))
        #expect(throws: EvaluationError.tooManySamples) {
            try run("max_over_time(sum(m)[10m:1s])", samples: 1210)
        }
    }

    @Test("subqueries that differ only in their fixed time have separate caches")
    func distinctFixedTimes() throws {
        let store = try store("m 1 2 3 4 5 6 7 8 9 10")
        let query = "max_over_time(m[10m:1m] @ 120) + 10 * max_over_time(m[10m:1m] @ 300)"
        let value = try Engine().range(
            Expression.parse(query),
            from: .seconds(600),
            through: .seconds(660),
            step: .seconds(60),
            in: store
        )
        #expect("\(value)".contains("63"), "\(value)")
        #expect(!"\(value)".contains("33"), "\(value)")
    }

    @Test("a query stops when it is interrupted")
    func interruption() throws {
        let store = try store("m 1")
        let expression = try Expression.parse("vector(1)[30d:1s]")
        for reason in [Interruption.timeout, .cancellation] {
            var calls = 0
            #expect(throws: EvaluationError.interrupted(reason)) {
                try Engine().evaluate(expression, at: .seconds(1e9), in: store) {
                    calls += 1
                    return calls > 3 ? reason : nil
                }
            }
            #expect(calls == 4)
        }
    }

    @Test("a range query must return numbers")
    func ranges() throws {
        for text in ["'x'", "m[1m]"] {
            let error = #expect(throws: EvaluationError.self) {
                try Engine().range(
                    Expression.parse(text),
                    from: .seconds(0),
                    through: .seconds(1),
                    step: .seconds(1),
                    in: try store("")
                )
            }
            #expect(error?.description.hasPrefix("invalid expression type") == true)
        }
    }

    @Test(
        "the deepest expressions can be evaluated and printed",
        arguments: [
            String(repeating: "a+", count: 390) + "a",
            String(repeating: "(", count: 390) + "a"
                + String(repeating: ")", count: 390),
            String(repeating: "abs(", count: 390) + "a" + String(repeating: ")", count: 390),
        ]
    )
    func deepest(text: String) throws {
        let expression = try Expression.parse(text)
        #expect(try Expression.parse(expression.description) == expression)
        _ = try Engine().instant(expression, at: .seconds(0), in: try store("a 1"))
        #expect(expression.hashValue == expression.hashValue)
    }

    @Test("extreme times do not overflow")
    func extremeTimes() throws {
        let store = try store("m 1")
        for text in ["m @ 9e15", "m @ -9e15 offset 292y", "rate(m[292y])", "m[292y:100y]"] {
            for time in [Timestamp.distantFuture, .distantPast] {
                let value = try Engine().instant(Expression.parse(text), at: time, in: store)
                #expect(value.isEmpty, "\(text) at \(time)")
            }
        }
    }
}

extension Value {
    /// Whether there are no elements; false for scalars and strings.
    fileprivate var isEmpty: Bool {
        switch self {
        case .vector(let samples): samples.isEmpty
        case .matrix(let series): series.isEmpty
        case .scalar, .string: false
        }
    }
}
