import PromQL
import Series
import Testing

@Suite struct LabelFunctionTests {
    private let samples = """
        m{src="source-10",dst="old"} 1
        m{src="source-20",dst="old"} 2
        """

    @Test(
        "labels are rewritten",
        arguments: [
            (
                #"label_replace(m, "dst", "to-$1", "src", "source-(.*)")"#,
                [#"m{dst="to-10", src="source-10"} 1"#, #"m{dst="to-20", src="source-20"} 2"#]
            ),
            // The whole value must match; no match changes nothing.
            (
                #"label_replace(m, "dst", "x", "src", "10")"#,
                [#"m{dst="old", src="source-10"} 1"#, #"m{dst="old", src="source-20"} 2"#]
            ),
            (
                #"label_replace(m, "dst", "${b}$1", "src", "(s)ource-(?P<b>1).*")"#,
                [#"m{dst="1s", src="source-10"} 1"#, #"m{dst="old", src="source-20"} 2"#]
            ),
            // An empty replacement removes the label; a missing source is empty.
            (
                #"label_replace(m, "dst", "", "dst", ".*")"#,
                [#"m{src="source-10"} 1"#, #"m{src="source-20"} 2"#]
            ),
            (
                #"label_replace(m, "n", "v$1", "missing", "(.*)")"#,
                [
                    #"m{dst="old", n="v", src="source-10"} 1"#,
                    #"m{dst="old", n="v", src="source-20"} 2"#,
                ]
            ),
            (
                #"label_replace(m, "__name__", "q", "", "")"#,
                [#"q{dst="old", src="source-10"} 1"#, #"q{dst="old", src="source-20"} 2"#]
            ),
            (
                #"label_replace(-m, "__name__", "q", "", "")"#,
                [#"q{dst="old", src="source-10"} -1"#, #"q{dst="old", src="source-20"} -2"#]
            ),
            (
                #"label_join(m, "dst", "-", "src", "missing", "dst")"#,
                [
                    #"m{dst="source-10--old", src="source-10"} 1"#,
                    #"m{dst="source-20--old", src="source-20"} 2"#,
                ]
            ),
            (#"label_join(m, "dst", ",")"#, [#"m{src="source-10"} 1"#, #"m{src="source-20"} 2"#]),
            (
                #"label_join(m, "é x", "", "dst")"#,
                [
                    #"m{dst="old", src="source-10", "é x"="old"} 1"#,
                    #"m{dst="old", src="source-20", "é x"="old"} 2"#,
                ]
            ),
        ]
    )
    func rewriting(query: String, expected: [String]) throws {
        #expect(try elements(query, in: try store(samples)) == expected)
    }

    @Test(
        "bad arguments are errors",
        arguments: [
            (
                #"label_replace(m, "src", "", "", "")"#,
                "vector cannot contain metrics with the same labelset"
            ),
            (#"label_join(m, "src", "")"#, "vector cannot contain metrics with the same labelset"),
            (
                #"label_replace(m, "\xff", "", "src", "(.*)")"#,
                "invalid destination label name in label_replace(): \u{FFFD}"
            ),
            (
                #"label_replace(m, "", "", "src", "(.*)")"#,
                "invalid destination label name in label_replace(): "
            ),
            (
                #"label_join(m, "d", "", "\xff")"#,
                "invalid source label name in label_join(): \u{FFFD}"
            ),
            (
                #"label_replace(m, "d", "", "src", "(")"#,
                "invalid regular expression in label_replace(): ("
            ),
        ]
    )
    func badArguments(query: String, message: String) throws {
        let store = try store(samples)
        let error = #expect(throws: EvaluationError.self) { try elements(query, in: store) }
        #expect(error?.description == message)
    }

    @Test(
        "vectors are sorted",
        arguments: [
            ("sort(m)", "a b c NaN"), ("sort_desc(m)", "c b a NaN"),
            ("sort_by_label(m, 'n')", "a c NaN b"), ("sort_by_label_desc(m, 'n')", "b NaN c a"),
            ("sort_by_label(m)", "a b c NaN"),
        ]
    )
    func sorting(query: String, expected: String) throws {
        let store = try store(
            """
            m{i="b",n="v10"} 2
            m{i="NaN",n="v9"} NaN
            m{i="a",n="v1"} 1
            m{i="c",n="v01"} 3
            """
        )
        guard
            case .vector(let found) = try Engine().instant(
                Expression.parse(query, options: .experimental),
                at: .seconds(0),
                in: store
            )
        else { return }
        let order = found.map { $0.labels["i"] }
        if query == "sort_by_label(m)" {
            #expect(order == ["NaN", "a", "b", "c"])
        } else {
            #expect(order == expected.split(separator: " ").map(String.init))
        }
    }

    @Test("sorting a range causes an annotation")
    func sortingRanges() throws {
        for query in ["sort(m)", "(sort_desc(m))", "sort_by_label(m, 'x')"] {
            let result = try Engine().evaluate(
                Expression.parse(query, options: .experimental),
                from: .seconds(0),
                through: .seconds(60),
                step: .seconds(60),
                in: try store(samples)
            )
            let column = query.hasPrefix("(") ? 2 : 1
            #expect(
                result.annotations.warnings == [
                    "PromQL warning: sort is ineffective for range queries since results are "
                        + "always ordered by labels (1:\(column))"
                ]
            )
        }
    }

    // MARK: info

    private let targets = """
        up{instance="a",job="j"} 1
        up{instance="b",job="j",data="own"} 1
        up{instance="c",job="j"} 1
        target_info{instance="a",job="j",data="x",more="y"} 1
        target_info{instance="b",job="j",data="z"} 1
        build_info{instance="a",job="j",build="9"} 1
        """

    @Test(
        "info adds the labels of info series",
        arguments: [
            (
                "info(up)",
                [
                    #"up{data="own", instance="b", job="j"} 1"#,
                    #"up{data="x", instance="a", job="j", more="y"} 1"#,
                    #"up{instance="c", job="j"} 1"#,
                ]
            ),
            (#"info(up, {more=~".+"})"#, [#"up{instance="a", job="j", more="y"} 1"#]),
            (
                #"info(up, {data=~".*"})"#,
                [
                    #"up{data="own", instance="b", job="j"} 1"#,
                    #"up{data="x", instance="a", job="j"} 1"#,
                    #"up{instance="c", job="j"} 1"#,
                ]
            ),
            (
                #"info(up{instance="a"}, {__name__="build_info"})"#,
                [#"up{build="9", instance="a", job="j"} 1"#]
            ),
            (
                "info(build_info, {__name__=~'build_info'})",
                [#"build_info{build="9", instance="a", job="j"} 1"#]
            ),
        ]
    )
    func info(query: String, expected: [String]) throws {
        #expect(try elements(query, in: try store(targets)).sorted() == expected)
    }

    @Test("contradictory info series are an error")
    func contradictoryInfo() throws {
        let store = try store(
            targets + """

                target_info{instance="a",job="j",data="second"} 1
                """
        )
        let error = #expect(throws: EvaluationError.self) { try elements("info(up)", in: store) }
        #expect(error?.description.hasPrefix("found duplicate series for info metric") == true)
    }
}
