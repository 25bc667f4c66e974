import Testing

@testable import GESSimulator

@Suite("A time of the cloud")
struct CalendarTimeTests {
    @Test(
        "is written as each service writes it",
        arguments: [
            (0, "1970-01-01T00:00:00", "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "1994-11-06T08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "2000-02-29T00:00:00", "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_623_160_513, "2021-06-08T13:55:13", "Tue, 08 Jun 2021 13:55:13 GMT"),
            (1_735_689_599, "2024-12-31T23:59:59", "Tue, 31 Dec 2024 23:59:59 GMT"),
            (4_107_542_400, "2100-03-01T00:00:00", "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "1969-12-31T23:59:59", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ]
    )
    func written(seconds: Int64, naked: String, httpDate: String) {
        let instant = CloudInstant(seconds: seconds)
        #expect(instant.naked == naked)
        #expect(instant.httpDate == httpDate)
    }

    @Test("keeps its milliseconds for IAM")
    func microseconds() {
        let instant = CloudInstant(milliseconds: 1_578_042_322_071)
        #expect(instant.withMicroseconds == "2020-01-03T09:05:22.071000Z")
    }

    @Test("survives the header X-Sdk-Date", arguments: [0, 951_782_400, 1_735_787_045])
    func signingDate(seconds: Int64) {
        let instant = CloudInstant(seconds: seconds)
        #expect(CloudInstant(signingDate: instant.signingDate) == instant)
    }

    @Test(
        "is not read from something else",
        arguments: [
            "", "20250102T030405", "20250132T030405Z", "20250229T030405Z", "20250102T250000Z",
            "2025-01-02T03:04Z",
        ]
    )
    func malformed(text: String) {
        #expect(CloudInstant(signingDate: text) == nil)
    }

    @Test("is read from the day of a job filter")
    func day() {
        #expect(CloudInstant(day: "2019-03-27") == CloudInstant(seconds: 1_553_644_800))
        #expect(CloudInstant(day: "2019-03-27T00:00:00") == nil)
        #expect(CloudInstant(day: "2019-02-29") == nil)
    }
}
