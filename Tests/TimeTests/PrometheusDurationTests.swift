import Testing
import Time

@Suite("A duration in Prometheus' notation")
struct PrometheusDurationTests {
    @Test(
        "is read",
        arguments: [
            ("0", 0), ("15s", 15_000), ("100ms", 100), ("1h30m", 5_400_000), ("1d", 86_400_000),
            ("1w", 604_800_000), ("1y", 31_536_000_000), ("1m1ms", 60_001), ("0s", 0),
            ("90m", 5_400_000), ("292y", 292 * 31_536_000_000),
        ]
    )
    func read(text: String, milliseconds: Int64) throws {
        #expect(try PrometheusDuration.parse(text) == .milliseconds(milliseconds))
    }

    @Test(
        "is refused in Prometheus' words",
        arguments: [
            ("", "empty duration string"), ("5", "not a valid duration string: \"5\""),
            ("30 s", "unknown unit \" s\" in duration \"30 s\""),
            ("1m1h", "not a valid duration string: \"1m1h\""),
            ("1m1m", "not a valid duration string: \"1m1m\""),
            ("-1m", "not a valid duration string: \"-1m\""),
            ("1.5h", "unknown unit \".\" in duration \"1.5h\""), ("300y", "duration out of range"),
            ("292y300d", "duration out of range"),
            ("99999999999999999999s", "duration out of range"),
            ("٣s", "not a valid duration string: \"٣s\""),
            ("\"\n", "not a valid duration string: \"\\\"\\n\""),
        ]
    )
    func refused(text: String, message: String) {
        #expect {
            try PrometheusDuration.parse(text)
        } throws: {
            ($0 as? PrometheusDuration.ParseError)?.description == message
        }
    }

    @Test("is truncated to eighty characters in an error")
    func longText() {
        let shown = String(repeating: "x", count: 80)
        let error = PrometheusDuration.ParseError.malformed(shown)
        #expect(error.description == "not a valid duration string: \"\(shown)\"")
        let longer = PrometheusDuration.ParseError.malformed(shown + "x")
        #expect(longer.description == "not a valid duration string: \"\(shown)...\"")
    }

    @Test(
        "is written as it was read",
        arguments: ["0s", "1h30m", "2w", "8d", "1y", "366d", "1m1ms", "59s", "52w", "3y", "1d1h"]
    )
    func writtenAsRead(text: String) throws {
        #expect(PrometheusDuration.format(try PrometheusDuration.parse(text)) == text)
    }

    @Test("round-trips through its text")
    func readAsWritten() throws {
        for milliseconds in stride(from: Int64(1), to: 9_223_372_036_854, by: 7_777_777_777) {
            let duration = Duration.milliseconds(milliseconds)
            #expect(try PrometheusDuration.parse(PrometheusDuration.format(duration)) == duration)
            #expect(try PrometheusDuration.parse(duration.text) == duration)
        }
    }

    @Test(
        "is written with a sign when it is negative, and without what is below a millisecond",
        arguments: [
            (.seconds(-30), "-30s"), (.microseconds(1500), "1ms"), (.microseconds(-999), "0s"),
            (.milliseconds(Int64.min), "-106751991167d7h12m55s808ms"),
        ] as [(Duration, String)]
    )
    func edges(duration: Duration, text: String) {
        #expect(PrometheusDuration.format(duration) == text)
    }

    @Test(
        "is written in days at most for operators",
        arguments: [
            (Duration.zero, "0s"), (.milliseconds(250), "250ms"), (.seconds(90), "1m30s"),
            (.seconds(3600), "1h"), (.seconds(90_000), "1d1h"), (.seconds(-30), "-30s"),
            (.milliseconds(1500), "1s500ms"), (.seconds(7 * 86_400), "7d"),
            (.seconds(365 * 86_400), "365d"),
        ]
    )
    func inDays(duration: Duration, text: String) {
        #expect(duration.text == text)
    }
}
