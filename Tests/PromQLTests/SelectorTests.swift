import PromQL
import Series
import Testing

@Suite struct SelectorTests {
    private let samples = """
        up{job="a"} 0 1 2 3 4 5 6 7 8 9 10
        up{job="b"} 5 _ _ _ _ _ 7
        up{job="c"} 1 stale _ 2
        down{job="a"} 1
        """

    @Test(
        "selectors find samples with offset, @ and ranges",
        arguments: [
            (#"up{job="a"}"#, 120.0, [#"up{job="a"} 2"#]),
            (#"up{job=~"a|b"}"#, 0, [#"up{job="a"} 0"#, #"up{job="b"} 5"#]),
            (#"up{job!="a",job!~"c"}"#, 0, [#"up{job="b"} 5"#]),
            (#"{__name__=~"up|down",job="a"}"#, 0, [#"down{job="a"} 1"#, #"up{job="a"} 0"#]),
            (#"up{missing="",job="a"}"#, 0, [#"up{job="a"} 0"#]),
            // A sample is visible for less than five minutes.
            (#"up{job="b"}"#, 299.999, [#"up{job="b"} 5"#]),
            (#"up{job="b"}"#, 300, []),
            // A staleness marker ends a series at once.
            (#"up{job="c"}"#, 59, [#"up{job="c"} 1"#]),
            (#"up{job="c"}"#, 60, []),
            (#"up{job="c"}"#, 180, [#"up{job="c"} 2"#]),
            // Time modifiers.
            (#"up{job="a"} offset 1m"#, 120, [#"up{job="a"} 1"#]),
            (#"up{job="a"} offset -1m"#, 120, [#"up{job="a"} 3"#]),
            (#"up{job="a"} @ 300"#, 0, [#"up{job="a"} 5"#]),
            (#"up{job="a"} @ 300 offset 2m"#, 0, [#"up{job="a"} 3"#]),
            (#"up{job="a"} offset 2m @ 300"#, 0, [#"up{job="a"} 3"#]),
            (#"up{job="a"} @ start()"#, 240, [#"up{job="a"} 4"#]),
            (#"up{job="a"} offset (1m + 30s * 2)"#, 240, [#"up{job="a"} 2"#]),
            // Ranges are open on the left.
            (#"up{job="a"}[2m]"#, 240, [#"up{job="a"} 3 4"#]),
            (#"up{job="a"}[119s] offset 1m"#, 240, [#"up{job="a"} 2 3"#]),
            (#"up{job="c"}[3m]"#, 180, [#"up{job="c"} 2"#]),
            (#"up{job="a"}[4m:2m]"#, 300, [#"up{job="a"} 2 4"#]),
            (#"up{job="a"}[3m:]"#, 330, [#"up{job="a"} 3 4 5"#]),
            (#"up{job="a"}[3m:1m] @ 330"#, 0, [#"up{job="a"} 3 4 5"#]),
        ]
    )
    func selection(query: String, seconds: Double, expected: [String]) throws {
        #expect(try elements(query, at: seconds, in: try store(samples)).sorted() == expected)
    }

    @Test(
        "ranges of version 2 are closed",
        arguments: [
            (#"up{job="a"}[2m]"#, 240.0, [#"up{job="a"} 2 3 4"#]),
            (#"up{job="b"}"#, 300, [#"up{job="b"} 5"#]),
            (#"up{job="b"}"#, 300.001, []),
            (#"up{job="a"}[4m:2m]"#, 240, [#"up{job="a"} 0 2 4"#]),
        ]
    )
    func closedRanges(query: String, seconds: Double, expected: [String]) throws {
        var options = EngineOptions()
        options.compatibility = .version2
        #expect(
            try elements(query, at: seconds, in: try store(samples), options: options) == expected
        )
    }

    @Test("lookback and subquery step are options")
    func options() throws {
        var options = EngineOptions()
        options.lookback = .seconds(30)
        options.defaultSubqueryStep = .seconds(120)
        let store = try store(samples)
        #expect(try elements(#"up{job="a"}"#, at: 89, in: store, options: options).count == 1)
        #expect(try elements(#"up{job="a"}"#, at: 90, in: store, options: options).isEmpty)
        #expect(
            try elements(#"up{job="a"}[4m:]"#, at: 241, in: store, options: options)
                == [#"up{job="a"} 2 4"#]
        )
    }

    @Test("durations may depend on the query")
    func durations() throws {
        let engine = Engine()
        let store = try store(samples)
        let expression = try Expression.parse(
            #"count_over_time(up{job="a"}[step() + range() / 4])"#
        )
        let value = try engine.range(
            expression,
            from: .seconds(240),
            through: .seconds(480),
            step: .seconds(60),
            in: store
        )
        // 60 s + 240 s / 4: two samples each time.
        let points = (4...8).map { Sample(timestamp: .seconds(Double($0) * 60), value: 2) }
        #expect(value == .matrix([SeriesPoints(labels: ["job": "a"], points: points)]))
        for (text, message) in [
            ("up[1m - 2m]", "duration must be greater than 0"),
            ("up[1m / (1m - 1m)]", "division by zero"), ("up[1m % step()]", "modulo by zero"),
            ("up offset (1y ^ 9)", "duration is out of range"),
        ] {
            let error = #expect(throws: EvaluationError.self) {
                try engine.instant(Expression.parse(text), at: .seconds(0), in: store)
            }
            #expect(error == .invalidArgument(message))
        }
    }

    // MARK: Extended ranges

    @Test(
        "anchored and smoothed ranges reach to their borders",
        arguments: [
            ("increase(m[1m] anchored)", 90.0, ["{} 10"]),
            ("increase(m[1m] smoothed)", 90, ["{} 12.5"]),
            ("delta(g[1m] anchored)", 90, ["{} -2"]),
            ("delta(g[1m] smoothed)", 90, ["{} -2"]),
            ("rate(m[1m] anchored)", 90, ["{} 0.166667"]),
            ("changes(m[1m] anchored)", 90, ["{} 1"]),
            ("resets(g[1m] anchored)", 90, ["{} 1"]),
            // Starts from the last sample before the range, not from the first one inside.
            ("increase(m[1m] anchored)", 60, ["{} 10"]),
            ("m smoothed", 30, ["m 5"]),
            ("m smoothed", 90, ["m 17.5"]),
            ("m smoothed", 130, ["m 25"]),
            ("g[1m] smoothed", 90, ["g 7 6 5"]),
        ]
    )
    func extendedRanges(query: String, seconds: Double, expected: [String]) throws {
        // m rises by 10, then by 15; g falls by 2 a minute.
        let store = try store(
            """
            m 0 10 25
            g 8 6 4
            """
        )
        #expect(try elements(query, at: seconds, in: store) == expected)
    }

    @Test("most functions do not accept an extended range")
    func extendedRangeArguments() throws {
        let error = #expect(throws: EvaluationError.self) {
            try elements("sum_over_time(m[1m] smoothed)", in: try store("m 1"))
        }
        #expect(
            error?.description == "smoothed modifier can only be used with: delta, increase, rate "
                + "- not with sum_over_time"
        )
    }
}
