import Testing

@testable import GESSimulator
import Time

@Suite("A timestamp of the cloud")
struct ServiceTimeTests {
    @Test(
        "is formatted as by each service",
        arguments: [
            (0, "1970-01-01T00:00:00"),
            (784_111_777, "1994-11-06T08:49:37"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_623_160_513, "2021-06-08T13:55:13"),
            (1_735_689_599, "2024-12-31T23:59:59"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (-1, "1969-12-31T23:59:59"),
        ]
    )
    func written(seconds: Int64, naked: String) {
        let time = Timestamp(milliseconds: seconds * 1000)
        #expect(time.naked == naked)
        #expect(time.spaced == naked.replacing("T", with: " "))
    }

    @Test("keeps its milliseconds for IAM")
    func microseconds() {
        let time = Timestamp(milliseconds: 1_578_042_322_071)
        #expect(time.withMicroseconds == "2020-01-03T09:05:22.071000Z")
    }
}
