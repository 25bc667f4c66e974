import Testing
import Time

@Suite("A civil time")
struct CivilTimeTests {
    @Test("converts back to its timestamp over the whole range")
    func roundTrip() {
        // An odd step, so that the times of day differ.
        let samples = stride(
            from: Int64.min,
            through: .max - 1_000_000,
            by: 184_467_440_737_095_517
        )
        for milliseconds in Array(samples) + [.max, -1, 0, 1, -86_400_000, -86_400_001] {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(CivilTime(time)) == time)
        }
    }

    @Test("has each component of the time of day")
    func parts() throws {
        let civil = CivilTime(Timestamp(milliseconds: 1_735_787_045_678))
        #expect(civil.date == CivilDate(year: 2025, month: 1, day: 2))
        #expect(civil.time == TimeOfDay(hour: 3, minute: 4, second: 5, millisecond: 678))
        #expect(civil.time.description == "03:04:05")
        #expect(Timestamp(startOf: civil.date) == Timestamp(milliseconds: 1_735_776_000_000))
    }

    @Test("treats a leap second as the following second")
    func leapSecond() throws {
        let date = try #require(CivilDate(year: 2016, month: 12, day: 31))
        let time = try #require(TimeOfDay(hour: 23, minute: 59, second: 60))
        #expect(Timestamp(CivilTime(date, time)).description == "2017-01-01T00:00:00Z")
    }

    @Test("saturates at the start of the range")
    func saturation() throws {
        let date = CivilTime(.distantPast).date
        #expect(Timestamp(startOf: date) == .distantPast)
        let evening = try #require(TimeOfDay(hour: 23, minute: 59, second: 59))
        #expect(Timestamp(CivilTime(CivilTime(.distantFuture).date, evening)) == .distantFuture)
    }

    @Test(
        "is refused when the clock shows no such time",
        arguments: [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 61, 0), (0, 0, 0, 1000), (-1, 0, 0, 0)]
    )
    func refused(hour: Int, minute: Int, second: Int, millisecond: Int) {
        let time = TimeOfDay(
            hour: hour,
            minute: minute,
            second: second,
            millisecond: millisecond
        )
        #expect(time == nil)
    }

    @Test(
        "writes as much of the fraction as is needed",
        arguments: [(0, ""), (500, ".5"), (250, ".25"), (7, ".007"), (70, ".07")]
    )
    func fraction(millisecond: Int, text: String) throws {
        let time = try #require(
            TimeOfDay(hour: 1, minute: 2, second: 3, millisecond: millisecond)
        )
        #expect(time.fraction == text)
    }
}
