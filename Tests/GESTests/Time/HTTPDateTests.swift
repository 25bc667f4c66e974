import Testing

@testable import GES
import Time

@Suite("Dates of HTTP headers")
struct HTTPDateTests {
    private let now = Timestamp(milliseconds: 1_735_787_045_000)

    @Test(
        "all three forms of RFC 9110 name the same second",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ]
    )
    func forms(text: String) {
        #expect(Timestamp(httpDate: text, now: now)?.description == "1994-11-06T08:49:37Z")
    }

    @Test("a year of two digits is never more than fifty years ahead")
    func century() {
        let near = Timestamp(httpDate: "Friday, 01-Jan-75 00:00:00 GMT", now: now)
        let far = Timestamp(httpDate: "Friday, 01-Jan-76 00:00:00 GMT", now: now)
        #expect(near?.description == "2075-01-01T00:00:00Z")
        #expect(far?.description == "1976-01-01T00:00:00Z")
    }

    @Test(
        "other dates are not read",
        arguments: [
            "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 31 Feb 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1",
        ]
    )
    func refuse(text: String) {
        #expect(Timestamp(httpDate: text, now: now) == nil)
    }

    @Test(
        "Retry-After is seconds or a date",
        arguments: [
            ("0", .zero), ("120", .seconds(120)), (" 7\t", .seconds(7)),
            ("Thu, 02 Jan 2025 03:05:05 GMT", .seconds(60)),
            ("Thu, 02 Jan 2025 03:00:00 GMT", .zero),
            ("99999999999999999999", .seconds(999_999_999)),
            ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil),
        ] as [(String, Duration?)]
    )
    func retryAfter(value: String, expected: Duration?) {
        #expect(RetryAfter.duration(value, serverDate: nil, now: now) == expected)
    }

    @Test("a date in Retry-After is read against the server's clock, not ours")
    func retryAfterFollowsServer() {
        let pause = RetryAfter.duration(
            "Thu, 02 Jan 2025 09:00:30 GMT",
            serverDate: "Thu, 02 Jan 2025 09:00:00 GMT",
            now: now
        )
        #expect(pause == .seconds(30))
    }
}
