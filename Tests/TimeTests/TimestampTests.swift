import Series
import Testing
import Time

struct TimestampTests {
    @Test func secondsRoundToTheNearestMillisecond() {
        #expect(Timestamp(seconds: 1.2344) == Timestamp(milliseconds: 1234))
        #expect(Timestamp(seconds: 1.2345) == Timestamp(milliseconds: 1235))
        #expect(Timestamp(seconds: -1.2345) == Timestamp(milliseconds: -1235))
        #expect(Timestamp(seconds: 1_700_000_000.25).milliseconds == 1_700_000_000_250)
        #expect(Timestamp(seconds: -0.001) == Timestamp(milliseconds: -1))
    }

    @Test(arguments: [
        (Double.infinity, Timestamp.distantFuture), (-Double.infinity, .distantPast),
        (1e300, .distantFuture), (Double.nan, Timestamp(milliseconds: 0)),
    ])
    func secondsBeyondTheRangeAreClamped(seconds: Double, expected: Timestamp) {
        #expect(Timestamp(seconds: seconds) == expected)
    }

    @Test func arithmeticStopsAtTheEndsOfTheRange() {
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
        #expect(Timestamp(milliseconds: -5) - .seconds(Int64.max) == .distantPast)
        #expect(Timestamp.distantFuture - Timestamp.distantPast == .milliseconds(Int64.max))
    }

    @Test func differenceOfTwoTimesIsADuration() {
        let noon = Timestamp(seconds: 43_200)
        #expect(noon + .milliseconds(250) - noon == .milliseconds(250))
        #expect(noon - .seconds(60) < noon)
    }
}
