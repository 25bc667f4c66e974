import GES
import Testing
import Time

@Suite("Timestamps of the service")
struct ServiceTimestampTests {
    @Test(
        "every format of the service is parsed as UTC",
        arguments: [
            ("2021-06-08T13:55:13", 1_623_160_513_000),
            ("2021-06-08 13:55:13", 1_623_160_513_000),
            ("2021-06-08T13:55:13Z", 1_623_160_513_000),
            ("2021-06-08T21:55:13+08:00", 1_623_160_513_000),
            ("2021-06-08T10:25:13-0330", 1_623_160_513_000),
            ("2020-01-03T09:05:22.701000Z", 1_578_042_322_701),
            ("2020-01-03T09:05:22.7Z", 1_578_042_322_700),
            ("2020-01-03T09:05:22.70199999999999999999999", 1_578_042_322_701),
            ("1970-01-01T00:00:00", 0),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2024-02-29T23:59:60Z", 1_709_251_200_000),
        ] as [(String, Int64)]
    )
    func read(text: String, milliseconds: Int64) {
        #expect(Timestamp(serviceTimestamp: text)?.milliseconds == milliseconds)
    }

    @Test(
        "an invalid time is rejected",
        arguments: [
            "", "2021-06-08", "2021-06-08T13:55", "2021-02-29T00:00:00", "2021-13-01T00:00:00",
            "2021-00-01T00:00:00", "2021-06-08T24:00:00", "2021-06-08T13:55:13.",
            "21-06-08T13:55:13",
            "2021-06-08T13:55:13+8", "2021-06-08T13:55:13 ", "2021-06-08T13:55:13Zjunk",
            "0000-01-01T00:00:00", "2021/06/08 13:55:13", "１２３４-06-08T13:55:13",
        ]
    )
    func refuse(text: String) {
        #expect(Timestamp(serviceTimestamp: text) == nil)
    }
}
