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
