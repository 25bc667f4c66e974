import Testing

@testable import GES
import Time

@Suite("The Retry-After header")
struct RetryAfterTests {
    private let now = Timestamp(milliseconds: 1_735_787_045_000)

    @Test(
        "is seconds or a date",
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

    @Test("with a date is relative to the server's clock, not the agent's")
    func retryAfterFollowsServer() {
        let pause = RetryAfter.duration(
            "Thu, 02 Jan 2025 09:00:30 GMT",
            serverDate: "Thu, 02 Jan 2025 09:00:00 GMT",
            now: now
        )
        #expect(pause == .seconds(30))
    }
}
