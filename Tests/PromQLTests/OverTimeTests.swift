import PromQL
import Series
import TestSupport
import Testing

@Suite struct OverTimeTests {
    @Test(
        "functions over time return what is documented",
        arguments: [
            ("avg_over_time(m[5m])", "{} 2.2"), ("sum_over_time(m[5m])", "{} 11"),
            ("min_over_time(m[5m])", "{} 0"), ("max_over_time(m[5m])", "{} 5"),
            ("count_over_time(m[5m])", "{} 5"), ("present_over_time(m[5m])", "{} 1"),
            ("last_over_time(m[5m])", "m 2"), ("first_over_time(m[5m])", "m 4"),
            ("stdvar_over_time(m[5m])", "{} 4.16"), ("stddev_over_time(m[5m])", "{} 2.039608"),
            ("quantile_over_time(0.5, m[5m])", "{} 2"), ("quantile_over_time(0.25, m[5m])", "{} 0"),
            ("mad_over_time(m[5m])", "{} 2"), ("ts_of_max_over_time(m[5m])", "{} 240"),
            ("ts_of_min_over_time(m[5m])", "{} 180"), ("ts_of_first_over_time(m[5m])", "{} 60"),
            ("ts_of_last_over_time(m[5m])", "{} 300"),
            ("max_over_time(n[5m])", "{} 1"), ("min_over_time(n[2m])", "{} NaN"),
            ("deriv(line[5m])", "{} 2"), ("predict_linear(line[5m], 60)", "{} 720"),
            ("predict_linear(line[5m] offset 1m, 0)", "{} 600"),
            ("deriv(flat[5m])", "{} 0"), ("predict_linear(flat[5m], 1e9)", "{} 7"),
            ("deriv(huge[5m])", "{} NaN"),
            ("double_exponential_smoothing(line[5m], 0.5, 0.5)", "{} 600"),
            ("sum_over_time(tiny[5m])", "{} 2"), ("avg_over_time(large[5m])", "{} 1e+308"),
        ]
    )
    func statistics(query: String, expected: String) throws {
        let store = try store(
            """
            m _ 4 0 0 5 2
            n _ 1 _ _ NaN NaN
            line 0 120 240 360 480 600
            flat 7 7 7 7 7 7
            huge Inf Inf Inf Inf Inf Inf
            tiny _ 1 1e100 1 -1e100
            large _ 1e308 1e308 1e308
            """
        )
        #expect(try elements(query, at: 300, in: store) == [expected])
    }

    @Test("compensated sums lose nothing to rounding", arguments: 0..<100)
    func compensatedSums(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        // Multiples of 1/1024 below 2^40 add exactly in 128-bit integers.
        var store = SeriesStore(retention: .seconds(10_000), maximumSeries: 1)
        var exact: Int128 = 0
        for second in 1...100 {
            let units = Int64.random(in: -(1 << 50)...(1 << 50), using: &random)
            exact += Int128(units)
            store.append(["__name__": "m"], Double(units) / 1024, at: .seconds(Double(second)))
        }
        func value(_ query: String) throws -> Double {
            let expression = try Expression.parse(query)
            guard
                case .vector(let found) = try Engine().instant(
                    expression,
                    at: .seconds(100),
                    in: store
                )
            else { return .nan }
            return found.first?.value ?? .nan
        }
        let sum = Double(exact) / 1024
        #expect(try value("sum_over_time(m[100s])") == sum)
        // Prometheus divides the sum and its compensation separately, which rounds twice.
        let mean = try value("avg_over_time(m[100s])")
        #expect([mean.nextDown, mean, mean.nextUp].contains(sum / 100))
    }

    @Test("an absent series has the labels that are certain")
    func absence() throws {
        let store = try store(#"up{job="a"} 1 1"#)
        for (query, expected) in [
            ("absent(up)", []), (#"absent(up{job="b",x!="y",z=~"w"})"#, [#"{job="b"} 1"#]),
            (#"absent(up{job="b",job="c",x="y"})"#, [#"{x="y"} 1"#]),
            (#"absent(sum(up{job="b"}))"#, ["{} 1"]), ("absent_over_time(up[1m])", []),
            (#"absent_over_time(up{job="b"}[1m])"#, [#"{job="b"} 1"#]),
            (#"absent_over_time(up{job="b"}[1m:])"#, ["{} 1"]),
        ] as [(String, [String])] {
            #expect(try elements(query, at: 60, in: store) == expected)
        }
    }

    @Test("smoothing factors must be fractions")
    func smoothing() throws {
        for query in [
            "double_exponential_smoothing(m[1m], 0, 0.5)",
            "double_exponential_smoothing(m[1m], 0.5, 1)",
        ] {
            #expect(throws: EvaluationError.self) { try elements(query, in: try store("m 1")) }
        }
    }
}
