import Glibc
import Testing
import Time

@Suite("An HTTP date")
struct TimestampHTTPTests {
    private let now = Timestamp(milliseconds: 1_735_787_045_000)

    @Test(
        "is written as an IMF-fixdate",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_623_160_513, "Tue, 08 Jun 2021 13:55:13 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
            (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        ] as [(Int64, String)]
    )
    func written(seconds: Int64, text: String) {
        let time = Timestamp(milliseconds: seconds * 1000)
        #expect(time.httpDate == text)
        #expect(Timestamp(httpDate: text, now: now) == time)
    }

    @Test("agrees with the C library in every year of eight centuries")
    func twin() {
        for seconds in stride(from: -12_600_000_000, to: 12_700_000_000, by: 3_703_702) {
            var (instant, parts) = unsafe (seconds, tm())
            var buffer = [CChar](repeating: 0, count: 64)
            unsafe gmtime_r(&instant, &parts)
            let format = "%a, %d %b %Y %H:%M:%S GMT"
            let count = unsafe strftime(&buffer, buffer.count, format, &parts)
            let expected = String(
                decoding: buffer[..<count].map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            #expect(Timestamp(milliseconds: Int64(seconds) * 1000).httpDate == expected)
        }
    }

    @Test(
        "is read from all three forms",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ]
    )
    func forms(text: String) {
        #expect(Timestamp(httpDate: text, now: now)?.description == "1994-11-06T08:49:37Z")
    }

    @Test("with a year of two digits is never more than fifty years ahead")
    func century() {
        let near = Timestamp(httpDate: "Friday, 01-Jan-75 00:00:00 GMT", now: now)
        let far = Timestamp(httpDate: "Friday, 01-Jan-76 00:00:00 GMT", now: now)
        #expect(near?.description == "2075-01-01T00:00:00Z")
        #expect(far?.description == "1976-01-01T00:00:00Z")
    }

    @Test(
        "is not read from something else",
        arguments: [
            "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 31 Feb 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1",
            "Sun, 06 Nov 1994 08:49:37.5 GMT", "Sun Nov 6 08:49:37 1994",
        ]
    )
    func refused(text: String) {
        #expect(Timestamp(httpDate: text, now: now) == nil)
    }
}
