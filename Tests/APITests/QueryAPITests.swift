import Listener
import Series
import Testing

@testable import API
import Time

@Suite("Prometheus' JSON")
struct PrometheusJSONTests {
    @Test(
        "writes values as Go does",
        arguments: [
            (0, "0"), (-0.0, "-0"), (1_000_000, "1000000"), (1.5, "1.5"),
            (1e20, "1" + String(repeating: "0", count: 20)),
            (1e21, "1e+21"), (0.000001, "0.000001"), (0.0000001, "1e-07"), (.nan, "NaN"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.1 + 0.2, "0.30000000000000004"),
            (-9_007_199_254_740_992, "-9007199254740992"), (123_456.789e12, "123456789000000000"),
        ] as [(Double, String)]
    )
    func values(value: Double, text: String) {
        #expect(PrometheusJSON.text(of: value) == text)
    }

    @Test("has commas, escaped text, and unchanged label sets")
    func structure() {
        var json = PrometheusJSON()
        json.object { json in
            json.member("a", "<\u{1}\"\\\n")
            json.member("b") { $0.array([1, 2]) { $0.integer($1) } }
            json.member("c") { $0.labels(["x": "<", "y": "\u{1f}"]) }
            json.member("d") { $0.point(Timestamp(milliseconds: -1500), 2) }
            json.member("e") { $0.point(Timestamp(milliseconds: 1050), "t") }
            json.member("f") { $0.array([Int]()) { $0.integer($1) } }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":"\u003c\u0001\"\\\n","b":[1,2],"c":{"x":"<","y":"\u001f"},"#
                + #""d":[-1.500,"2"],"e":[1.05,"t"],"f":[]}"#
        )
    }
}

@Suite("The parameters of a request")
struct RequestFormTests {
    @Test("in a form take precedence over those in the URL")
    func formFirst() throws {
        var request = ServerRequest(
            method: "POST",
            target: "/",
            path: "/",
            query: [ServerRequest.QueryItem(name: "a", value: "1")],
            headers: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
            body: Array("a=2&a=3".utf8)
        )
        #expect(try RequestForm(request).texts("a") == ["2", "3", "1"])
        request.headers = ["Content-Type": "text/plain"]
        #expect(try RequestForm(request).texts("a") == ["1"])
    }

    @Test(
        "times are seconds or RFC 3339 with any offset",
        arguments: [
            ("1.5", 1500), ("-1", -1000), ("1970-01-01T00:00:01Z", 1000),
            ("1970-01-01T02:00:01.25+02:00", 1250), ("1970-01-01T00:00:00-00:30", 1_800_000),
        ]
    )
    func times(text: String, milliseconds: Int64) throws {
        #expect(try Self.form(["t": text]).time("t") == Timestamp(milliseconds: milliseconds))
    }

    @Test(
        "an invalid time, duration or limit is refused in Prometheus' words",
        arguments: [
            ("t", "", #"invalid parameter "t": cannot parse "" to a valid timestamp"#),
            ("t", "NaN", #"invalid parameter "t": cannot parse "NaN" to a valid timestamp"#),
            ("d", "1x", #"invalid parameter "d": cannot parse "1x" to a valid duration"#),
            (
                "d", "1e30",
                #"invalid parameter "d": cannot parse "1e30" to a valid duration. "#
                    + "It overflows int64"
            ),
            ("limit", "-1", #"invalid parameter "limit": limit must be non-negative"#),
        ]
    )
    func mistakes(name: String, text: String, message: String) throws {
        let form = try Self.form([name: text])
        #expect(throws: QueryFailure(kind: .badData, text: message)) {
            switch name {
            case "t": _ = try form.time(name)
            case "d": _ = try form.duration(name)
            default: _ = try form.limit()
            }
        }
    }

    @Test("decimal durations are exact to the millisecond")
    func exactDurations() throws {
        for milliseconds in Array(1...20_000) + [86_399_999, 8_000_000_000_001, 999_999_999_999] {
            let digits = String(1000 + milliseconds % 1000).dropFirst()
            let text = "\(milliseconds / 1000).\(digits)"
            let duration = try RequestForm.duration(text)
            #expect(duration == .milliseconds(Int64(milliseconds)), "\(text)")
            #expect(try RequestForm.duration("-" + text) == .zero - duration, "\(text)")
        }
    }

    @Test(
        "what Go does not read as a number is none",
        arguments: ["0x10", "0x1", "1e", "1 ", " 1", "0b1", "+nan", "1__0"]
    )
    func noNumbers(text: String) throws {
        let form = try Self.form(["a": text])
        #expect(throws: QueryFailure.self) { try form.time("a") }
        #expect(throws: QueryFailure.self) { try form.duration("a") }
    }

    @Test("a hexadecimal number with an exponent, and digits with underscores, are numbers")
    func unusualNumbers() throws {
        let form = try Self.form(["a": "0x1p4", "b": "1_000"])
        #expect(try form.time("a") == Timestamp(milliseconds: 16_000))
        #expect(try form.duration("b") == .seconds(1000))
    }

    private static func form(_ items: [String: String]) throws -> RequestForm {
        let query = items.map { ServerRequest.QueryItem(name: $0.key, value: $0.value) }
        return try RequestForm(ServerRequest(target: "/", path: "/", query: query))
    }

    @Test(
        "encoded label names are decoded",
        arguments: [
            ("graph", "graph"), ("U__a__b", "a_b"), ("U__a_2f_b", "a/b"), ("U__a_2f", "U__a_2f"),
            ("U___1f600_", "\u{1f600}"), ("U___zz_", "U___zz_"),
        ]
    )
    func labelNames(text: String, name: String) {
        #expect(LabelNameEncoding.decoded(text) == name)
    }
}
