import Testing
import Time

@Suite("An RFC 3339 time")
struct TimestampRFC3339Tests {
    @Test(
        "is written to the second",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (951_868_799_999, "2000-02-29T23:59:59Z"),
            (951_868_800_000, "2000-03-01T00:00:00Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (1_623_160_513_000, "2021-06-08T13:55:13Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (253_402_300_799_000, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]
    )
    func written(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test(
        "is written at the ends of the range",
        arguments: [Timestamp.distantPast, .distantFuture]
    )
    func extremes(time: Timestamp) {
        #expect(time.description.hasSuffix("Z"))
    }

    @Test(
        "is written with three decimals, or as many as are needed",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00Z"),
            (250, "1970-01-01T00:00:00.250Z", "1970-01-01T00:00:00.25Z"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            (10_000, "1970-01-01T00:00:10.000Z", "1970-01-01T00:00:10Z"),
        ] as [(Int64, String, String)]
    )
    func decimals(milliseconds: Int64, three: String, needed: String) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(time.rfc3339Milliseconds == three)
        #expect(time.rfc3339 == needed)
    }

    @Test("round-trips in every time zone", arguments: ["+00:00", "+08:00", "-03:30"])
    func roundTrip(zone: String) throws {
        let minutes = try #require(["+00:00": 0, "+08:00": 480, "-03:30": -210][zone])
        let years: ClosedRange<Int64> = -62_000_000_000_000...253_000_000_000_000
        for milliseconds in stride(from: years.lowerBound, to: years.upperBound, by: 99_999_999_977)
        {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
            #expect(Timestamp(rfc3339: time.rfc3339Milliseconds) == time)
            let local = "\((time + .seconds(minutes * 60)).rfc3339Milliseconds.dropLast())\(zone)"
            #expect(Timestamp(rfc3339: local) == time)
        }
    }

    @Test(
        "is read with any number of decimals",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05.25Z", 1_767_323_045_250),
            ("2000-02-29T23:59:59Z", 951_868_799_000), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-23T08:38:31.3Z", 1_795_423_111_300),
            ("2026-11-23T08:38:31.31229612899999999999999999Z", 1_795_423_111_312),
            ("2026-11-23T03:08:31.25-05:30", 1_795_423_111_250),
            ("2024-02-29T23:59:60Z", 1_709_251_200_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ]
    )
    func read(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "is refused when it is malformed",
        arguments: [
            "", "x", "2026-01-02", "2026-01-02T00:00", "2026-01-02T00:00:00",
            "2026-01-02 00:00:00Z", "2026-01-02t00:00:00Z", "2026-01-02T00:00:00z",
            "2026-01-02T00:00:00.Z", "2026-01-02T00:00:00,5Z", "2026-13-02T00:00:00Z",
            "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T00:00:00+25:00",
            "2026-01-02T00:00:00+01:60", "2026-01-02T00:00:00+0100", "2026-01-02T00:00:00+1:00",
            "2026-01-02T00:00:00 01:00", "2026-01-02T00:00:00Zjunk", "+026-01-02T00:00:00Z",
            "２０２６-01-02T00:00:00Z", "2026-01-02T00:00:00.１Z", "1795423111",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("has no more decimals than the parser allows")
    func decimalLimit() {
        let text = { "2026-01-02T00:00:00." + String(repeating: "1", count: $0) + "Z" }
        #expect(Timestamp(rfc3339: text(9), maximumFractionDigits: 9) != nil)
        #expect(Timestamp(rfc3339: text(10), maximumFractionDigits: 9) == nil)
        #expect(Timestamp(rfc3339: text(1), maximumFractionDigits: 0) == nil)
    }
}

@Suite("An ISO 8601 time in the basic format")
struct TimestampISO8601Tests {
    @Test("round-trips through its text", arguments: [0, 951_782_400, 1_735_787_045])
    func roundTrip(seconds: Int64) {
        let time = Timestamp(milliseconds: seconds * 1000)
        #expect(Timestamp(iso8601Basic: time.iso8601Basic) == time)
    }

    @Test("has neither dashes nor colons")
    func written() {
        #expect(Timestamp(milliseconds: 1_735_787_045_678).iso8601Basic == "20250102T030405Z")
    }

    @Test(
        "is not read from something else",
        arguments: [
            "", "20250102T030405", "20250132T030405Z", "20250229T030405Z", "20250102T250000Z",
            "2025-01-02T03:04Z", "20250102T030405Zjunk",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(iso8601Basic: text) == nil)
    }
}
