import PromQL
import Series
import Testing

@Suite struct OperatorTests {
    private let samples = """
        a{x="1"} 6
        a{x="2"} -2
        b{x="1"} 4
        b{x="3"} 5
        one{y="k"} 10
        many{x="1",y="k"} 1
        many{x="2",y="k"} 2
        none{x="1"} NaN
        """

    @Test(
        "operators return what is documented",
        arguments: [
            // Between a vector and a number.
            ("a + 1", [#"{x="1"} 7"#, #"{x="2"} -1"#]),
            ("1 - a", [#"{x="1"} -5"#, #"{x="2"} 3"#]),
            ("a % 4", [#"{x="1"} 2"#, #"{x="2"} -2"#]),
            ("a ^ 2", [#"{x="1"} 36"#, #"{x="2"} 4"#]),
            ("a / 0", [#"{x="1"} +Inf"#, #"{x="2"} -Inf"#]),
            ("-a", [#"{x="1"} -6"#, #"{x="2"} 2"#]),
            ("+a", [#"a{x="1"} 6"#, #"a{x="2"} -2"#]),
            // A filter keeps the vector's names and values, on either side.
            ("a > 0", [#"a{x="1"} 6"#]),
            ("0 < a", [#"a{x="1"} 6"#]),
            ("a == bool 6", [#"{x="1"} 1"#, #"{x="2"} 0"#]),
            ("none == none", []),
            ("none != none", [#"none{x="1"} NaN"#]),
            // Between vectors.
            ("a - b", [#"{x="1"} 2"#]),
            ("a > b", [#"a{x="1"} 6"#]),
            ("a < b", []),
            ("a > bool b", [#"{x="1"} 1"#]),
            ("a + on(x) b", [#"{x="1"} 10"#]),
            ("many * on(y) group_left one", [#"{x="1", y="k"} 10"#, #"{x="2", y="k"} 20"#]),
            ("one / on(y) group_right many", [#"{x="1", y="k"} 10"#, #"{x="2", y="k"} 5"#]),
            ("many < on(y) group_left one", [#"many{x="1", y="k"} 1"#, #"many{x="2", y="k"} 2"#]),
            ("a * on(x) group_left(y) many", [#"{x="1", y="k"} 6"#, #"{x="2", y="k"} -4"#]),
            ("many * ignoring(y) group_left(y) a", [#"{x="1"} 6"#, #"{x="2"} -4"#]),
            ("a * on(x) group_left(__name__) b", [#"b{x="1"} 24"#]),
            ("a atan2 a", [#"{x="1"} 0.785398"#, #"{x="2"} -2.356194"#]),
            // Sets.
            ("a and b", [#"a{x="1"} 6"#]),
            ("a unless b", [#"a{x="2"} -2"#]),
            ("a or b", [#"a{x="1"} 6"#, #"a{x="2"} -2"#, #"b{x="3"} 5"#]),
            ("a and on() one", [#"a{x="1"} 6"#, #"a{x="2"} -2"#]),
            ("a and on() missing", []),
            ("a unless on() missing", [#"a{x="1"} 6"#, #"a{x="2"} -2"#]),
            ("missing or b", [#"b{x="1"} 4"#, #"b{x="3"} 5"#]),
            ("many and ignoring(y) b", [#"many{x="1", y="k"} 1"#]),
            // Missing elements filled in.
            ("a + fill(0) b", [#"{x="1"} 10"#, #"{x="2"} -2"#, #"{x="3"} 5"#]),
            ("a + fill_left(100) b", [#"{x="1"} 10"#, #"{x="3"} 105"#]),
            ("a + fill_right(100) b", [#"{x="1"} 10"#, #"{x="2"} 98"#]),
            ("b * on(x) group_right fill_left(2) many", [#"{x="1", y="k"} 4"#, #"{x="3"} 10"#]),
            ("a > fill_right(-5) b", [#"a{x="1"} 6"#, #"a{x="2"} -2"#]),
            // Scalars.
            ("7 % 4 + 2 ^ 3", ["11"]), ("1 > bool 2", ["0"]), ("-7 % 4", ["-3"]),
            ("0 / 0", ["NaN"]),
        ]
    )
    func results(query: String, expected: [String]) throws {
        #expect(try elements(query, in: try store(samples)).sorted() == expected.sorted())
    }

    @Test(
        "operands that do not fit are errors",
        arguments: [
            // Errors occur even if the comparison would drop the elements that cause them.
            (
                "one > on(y) many",
                """
                found duplicate series for the match group {y="k"} on the right hand-side of the \
                operation: [{__name__="many", x="1", y="k"}, {__name__="many", x="2", y="k"}];\
                many-to-many matching not allowed: matching labels must be unique on one side
                """
            ),
            (
                "many * on(y) group_right one",
                """
                found duplicate series for the match group {y="k"} on the left hand-side of the \
                operation: [{__name__="many", x="1", y="k"}, {__name__="many", x="2", y="k"}];\
                many-to-many matching not allowed: matching labels must be unique on one side
                """
            ),
            (
                "many > on(y) one",
                """
                multiple matches for labels: many-to-one matching must be explicit \
                (group_left/group_right)
                """
            ),
            (
                "many * on(y) group_left(x) one",
                """
                multiple matches for labels: grouping labels must ensure unique matches
                """
            ),
            (#"-{__name__=~"a|b",x="1"}"#, "vector cannot contain metrics with the same labelset"),
            (
                #"{__name__=~"a|b"} + on(x,__name__) {__name__=~"a|b"}"#,
                "vector cannot contain metrics with the same labelset"
            ),
            (
                #"abs({__name__=~"a|b",x="1"})"#,
                "vector cannot contain metrics with the same labelset"
            ),
            (
                #"rate({__name__=~"a|b",x="1"}[1m]) or sum_over_time({__name__=~"a|b",x="1"}[1m])"#,
                "vector cannot contain metrics with the same labelset"
            ),
        ]
    )
    func failures(query: String, message: String) throws {
        let store = try store(samples)
        let error = #expect(throws: EvaluationError.self) { try elements(query, in: store) }
        #expect(error?.description == message)
    }

    // MARK: Metric names

    @Test(
        "what computes a new value drops the metric name",
        arguments: [
            "a + 0", "-a", "abs(a)", "a == bool 6", "rate(a[1m]) or sum_over_time(a[1m])",
            "timestamp(a)", "a + on(x) a", "clamp_max(a, 9)", "max_over_time(a[1m:])",
        ]
    )
    func droppedNames(query: String) throws {
        #expect(try elements(query, in: try store(samples)).allSatisfy { $0.hasPrefix("{") })
    }

    @Test(
        "what only selects keeps the metric name",
        arguments: [
            "a", "a > 0", "a and a", "topk(1, a)", "last_over_time(a[1m])",
            "first_over_time(a[1m])",
            "sort(a)", #"label_replace(a, "z", "q", "", "")"#, "bottomk by (x) (1, a)", "+a",
            "limitk(9, a)", "a >= on(x) group_left() a",
        ]
    )
    func keptNames(query: String) throws {
        let found = try elements(query, in: try store(samples))
        #expect(!found.isEmpty && found.allSatisfy { $0.hasPrefix("a{") })
    }

    @Test("type and unit labels are dropped with the name")
    func typeAndUnit() throws {
        let store = try store(#"m{__type__="counter",__unit__="bytes",x="1"} 3"#)
        #expect(try elements("m * 2", in: store) == [#"{x="1"} 6"#])
        #expect(try elements("sum without (y) (m * 2)", in: store) == [#"{x="1"} 6"#])
        #expect(
            try elements("m > 2", in: store) == [
                #"m{__type__="counter", __unit__="bytes", x="1"} 3"#
            ]
        )
    }

    @Test("names can be dropped at the end instead")
    func delayedNameRemoval() throws {
        var options = EngineOptions()
        let store = try store(samples)
        let query = #"count by (__name__) (abs({__name__=~"a|one"}))"#
        #expect(try elements(query, in: store) == ["{} 3"])
        options.delaysNameRemoval = true
        #expect(throws: EvaluationError.duplicateLabelSet) {
            try elements(query, in: store, options: options)
        }
        let renamed = #"label_replace(abs(a), "n", "$1", "__name__", "(.*)")"#
        #expect(try elements(renamed, in: store).first == #"{x="1"} 6"#)
        #expect(try elements(renamed, in: store, options: options).first == #"{n="a", x="1"} 6"#)
        // Series that differ only in their names may pass through.
        let both = #"sum by (x) (-{__name__=~"a|b",x="1"})"#
        #expect(throws: EvaluationError.duplicateLabelSet) { try elements(both, in: store) }
        #expect(try elements(both, in: store, options: options) == [#"{x="1"} -10"#])
    }

    @Test("series that become identical must not overlap")
    func overlap() throws {
        let store = try store(
            """
            a 1 1 _ _
            b _ _ 2 2
            c 1 1 1 1
            """
        )
        var options = EngineOptions()
        options.lookback = .seconds(30)
        let engine = Engine(options: options)
        func range(_ text: String) throws -> Value {
            try engine.range(
                Expression.parse(text),
                from: .seconds(0),
                through: .seconds(180),
                step: .seconds(60),
                in: store
            )
        }
        guard case .matrix(let series) = try range(#"-{__name__=~"a|b"}"#) else { return }
        #expect(series.map { $0.points.map(\.value) } == [[-1, -1, -2, -2]])
        #expect(throws: EvaluationError.duplicateLabelSet) { try range(#"-{__name__=~"a|c"}"#) }
    }
}
