import PromQL
import Series
import Testing

@Suite struct HistogramTests {
    private let samples = """
        h{le="0.1",x="1"} 5
        h{le=".2",x="1"} 7
        h{le="1e0",x="1"} 11
        h{le="+Inf",x="1"} 12
        h{le="-0.2",x="2"} 1
        h{le="-0.1",x="2"} 2
        h{le="0.3",x="2"} 2
        h{le="+Inf",x="2"} 3
        open{le="1"} 1
        lone{le="+Inf"} 5
        zero{le="1"} 0
        zero{le="+Inf"} 0
        """

    @Test(
        "quantiles of classic histograms are interpolated",
        arguments: [
            ("histogram_quantile(0, h)", [#"{x="1"} 0"#, #"{x="2"} -0.2"#]),
            ("histogram_quantile(0.5, h)", [#"{x="1"} 0.15"#, #"{x="2"} -0.15"#]),
            ("histogram_quantile(0.8, h)", [#"{x="1"} 0.72"#, #"{x="2"} 0.3"#]),
            ("histogram_quantile(1, h)", [#"{x="1"} 1"#, #"{x="2"} 0.3"#]),
            ("histogram_quantile(-0.1, h{x='1'})", [#"{x="1"} -Inf"#]),
            ("histogram_quantile(1.1, h{x='1'})", [#"{x="1"} +Inf"#]),
            ("histogram_quantile(NaN, h{x='1'})", [#"{x="1"} NaN"#]),
            ("histogram_quantile(0.5, open)", ["{} NaN"]),
            ("histogram_quantile(0.5, lone)", ["{} NaN"]),
            ("histogram_quantile(0.5, zero)", ["{} NaN"]), ("histogram_quantile(0.5, missing)", []),
            ("histogram_quantile(0.5, sum by (le) (h{x='1'} * 2))", ["{} 0.15"]),
            (
                "histogram_quantiles(h{x='1'}, 'q', 0.5, 1)",
                [#"{q="0.5", x="1"} 0.15"#, #"{q="1.0", x="1"} 1"#]
            ),
            ("histogram_fraction(0, 0.2, h)", [#"{x="1"} 0.583333"#, #"{x="2"} 0"#]),
            ("histogram_fraction(-Inf, +Inf, h)", [#"{x="1"} 1"#, #"{x="2"} 1"#]),
            ("histogram_fraction(0.15, 5, h{x='1'})", [#"{x="1"} 0.416667"#]),
            ("histogram_fraction(1, 0, h{x='1'})", [#"{x="1"} 0"#]),
            ("histogram_fraction(NaN, 1, h{x='1'})", [#"{x="1"} NaN"#]),
            ("histogram_fraction(0, 1, open)", ["{} NaN"]),
            ("histogram_sum(h)", []), ("histogram_count(h)", []), ("histogram_avg(h)", []),
            ("histogram_stddev(h)", []), ("histogram_stdvar(h)", []),
        ]
    )
    func quantiles(query: String, expected: [String]) throws {
        #expect(try elements(query, in: try store(samples)) == expected)
    }

    @Test("equal bounds are one bucket")
    func equalBounds() throws {
        let store = try store(
            """
            h{le="1"} 2
            h{le="1.0"} 2
            h{le="2"} 4
            h{le="+Inf"} 4
            """
        )
        #expect(try elements("histogram_quantile(0.5, h)", in: store) == ["{} 0.5"])
    }

    private func annotations(_ query: String, _ lines: String) throws -> Annotations {
        try Engine().evaluate(
            Expression.parse(query),
            at: .seconds(60),
            in: try store(lines)
        ).annotations
    }

    @Test("odd input causes an annotation")
    func oddInput() throws {
        let falling = """
            h{le="1"} 5 5
            h{le="2"} 3 3
            h{le="+Inf"} 8 8
            """
        let forced = try annotations("histogram_quantile(0.9, h)", falling)
        #expect(
            forced.infos == [
                "PromQL info: input to histogram_quantile needed to be fixed for monotonicity "
                    + "(see https://prometheus.io/docs/prometheus/latest/querying/functions/"
                    + "#histogram_quantile) (1:25)"
            ]
        )
        // Differences within rounding error do not cause one.
        let rounded = falling.replacing("3 3", with: "4.9999999999999 4.9999999999999")
        #expect(try annotations("histogram_quantile(0.9, h)", rounded).isEmpty)

        #expect(
            try annotations("histogram_quantile(0.9, up)", "up 1 1").warnings == [
                "PromQL warning: bucket label \"le\" is missing or has a malformed value of \"\" "
                    + "for metric name \"up\" (1:25)"
            ]
        )
        #expect(
            try annotations("1 +\n quantile(2, up)", "up 1 1").warnings == [
                "PromQL warning: quantile value should be between 0 and 1, got 2 (2:11)"
            ]
        )
        #expect(
            try annotations("quantile_over_time(NaN, up[5m])", "up 1 1").warnings == [
                "PromQL warning: quantile value should be between 0 and 1, got NaN (1:20)"
            ]
        )
        #expect(
            try annotations("rate(temperature[5m])", "temperature 1 1").infos == [
                "PromQL info: metric might not be a counter, name does not end in "
                    + "_total/_sum/_count/_bucket: \"temperature\" (1:6)"
            ]
        )
        #expect(try annotations("rate(x_total[5m])", "x_total 1 1").isEmpty)
    }
}
