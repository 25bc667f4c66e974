import PromQL
import Series
import Testing

struct SeriesNotationTests {
    private func numbers(_ text: String) throws -> [Double?] {
        try SeriesNotation.values(of: text).map { value in
            if case .number(let number) = value { number } else { nil }
        }
    }

    @Test(
        "values are expanded",
        arguments: [
            ("1 2.5 -3", [1, 2.5, -3]),
            ("7x3", [7, 7, 7, 7]),
            ("0+10x3", [0, 10, 20, 30]),
            ("1-2x2", [1, -1, -3]),
            ("-1-2x2", [-1, -3, -5]),
            ("+1+0.5x1", [1, 1.5]),
            ("1x0", [1]),
            ("_ 1 _x2 2", [nil, 1, nil, nil, 2]),
            ("_x0 1", [1]),
            ("1e3 2E-1 .5 5.", [1000, 0.2, 0.5, 5]),
            ("1e2+1e1x1", [100, 110]),
            ("1_000", [1000]),
            ("Inf -inf +Inf", [.infinity, -.infinity, .infinity]),
            ("Inf+1x1", [.infinity, .infinity]),
            ("0x2", [0, 0, 0]),
            ("", []),
            ("  1\t2  ", [1, 2]),
        ] as [(String, [Double?])]
    )
    func expansion(text: String, expected: [Double?]) throws {
        #expect(try numbers(text) == expected)
    }

    @Test("steps are added up like in Prometheus")
    func rounding() throws {
        // Ten times 0.1 is 1, but adding 0.1 ten times gives slightly less.
        #expect(try numbers("0+0.1x10").last == 0.1 * 10 - 0x1p-53)
    }

    @Test("stale is the staleness marker")
    func stale() throws {
        let values = try SeriesNotation.values(of: "1 stale NaN")
        #expect(Array(values) == [.number(1), .number(Staleness.marker), .number(.nan)])
    }

    @Test("a progression from stale goes on with ordinary NaN")
    func staleProgression() throws {
        let values = Array(try SeriesNotation.values(of: "stale+0x2 5"))
        #expect(values.count == 4)
        #expect(values[0] == .number(Staleness.marker))
        for value in values[1...2] {
            guard case .number(let number) = value else {
                Issue.record("\(value)")
                continue
            }
            #expect(number.isNaN && !Staleness.isMarker(number))
        }
        #expect(values[3] == .number(5))
    }

    @Test("any number of repetitions takes no more memory than one")
    func repetitions() throws {
        let values = try SeriesNotation.values(of: "0+1x18446744073709551615 _x1000000 7")
        #expect(values.count == .max)
        #expect(Array(values.prefix(3)) == [.number(0), .number(1), .number(2)])
        let million = try SeriesNotation.values(of: "_x1000000 7")
        #expect(million.count == 1_000_001)
    }

    @Test(
        "a line is a series and its values",
        arguments: [
            (#"up{job="a"} 1 2"#, ["__name__": "up", "job": "a"], 2),
            (#"{job="a"} 1"#, ["job": "a"], 1),
            (#"{"my.metric", "l.x"='v'} 1"#, ["__name__": "my.metric", "l.x": "v"], 1),
            (#"up{path="/a b {x} \" "} 1x9"#, ["__name__": "up", "path": #"/a b {x} " "#], 10),
            ("up", ["__name__": "up"], 0),
            ("up{} _", ["__name__": "up"], 1),
        ] as [(String, Labels, Int)]
    )
    func line(text: String, labels: Labels, count: Int) throws {
        let series = try SeriesNotation.parse(text)
        #expect(series.labels == labels)
        #expect(series.values.count == count)
    }

    @Test("histograms are recognised but not parsed")
    func histograms() throws {
        let text = "h {{schema:0 sum:5 count:4 buckets:[1 2 1]}} 1 {{count:1}}+{{count:2}}x2 {{}}x1"
        let values = try SeriesNotation.parse(text).values
        #expect(values == [.histogram, .number(1)] + Array(repeating: .histogram, count: 5))
    }

    @Test("start timestamps are recognised but not parsed")
    func startTimestamps() throws {
        let series = try SeriesNotation.parse(#"requests{a="b"}@st -1m -1m+30s x3"#)
        #expect(series.givesStartTimestamps)
        #expect(series.labels == ["__name__": "requests", "a": "b"])
    }

    @Test(
        "mistakes have a place",
        arguments: [
            ("up one", "column 4: expected a number, not \"one\""),
            ("up 1 2y", "column 7: unexpected \"y\" in series values"),
            ("up 1x", "column 6: expected a number of values, not the end"),
            ("up 1x-2", "column 6: expected a number of values, not \"-2\""),
            ("up 1+2", "column 7: expected \"x\" and how many values follow"),
            ("up 1+", "column 5: expected a number, not \"+\""),
            ("up {{count:1", "column 4: histogram without closing \"}}\""),
            ("up stalex3", "column 4: expected a number, not \"stalex3\""),
            ("up STALE", "column 4: expected a number, not \"STALE\""),
            ("up NaNx3", "column 4: expected a number, not \"NaNx3\""),
            ("up stale+1", "column 11: expected \"x\" and how many values follow"),
            ("up 1X3", "column 5: unexpected \"X3\" in series values"),
            ("up 1x1_0", "column 7: unexpected \"_0\" in series values"),
            (
                "up 1x18446744073709551616",
                "column 6: expected a number of values, not \"18446744073709551616\""
            ),
            ("up 1x99999999", "column 4: more than 1000000 values"),
            ("up 1x999999 1", "column 4: more than 1000000 values"),
        ]
    )
    func mistakes(text: String, message: String) {
        let error = #expect(throws: SeriesNotationError.self) { try SeriesNotation.parse(text) }
        #expect(error?.description == message)
    }

    @Test("an invalid series is an error")
    func badSeries() {
        #expect(throws: SeriesNotationError.self) { try SeriesNotation.parse("up{job=} 1") }
        #expect(throws: SeriesNotationError.self) { try SeriesNotation.parse("1 2 3") }
    }
}
