import Testing
import Time

@Suite("A timestamp")
struct TimestampTests {
    @Test("rounds seconds to the nearest millisecond")
    func seconds() {
        #expect(Timestamp(seconds: 1.2344) == Timestamp(milliseconds: 1234))
        #expect(Timestamp(seconds: 1.2345) == Timestamp(milliseconds: 1235))
        #expect(Timestamp(seconds: -1.2345) == Timestamp(milliseconds: -1235))
        #expect(Timestamp(seconds: 1_700_000_000.25).milliseconds == 1_700_000_000_250)
        #expect(Timestamp(seconds: -0.001) == Timestamp(milliseconds: -1))
    }

    @Test(
        "clamps seconds beyond its range",
        arguments: [
            (Double.infinity, Timestamp.distantFuture), (-Double.infinity, .distantPast),
            (1e300, .distantFuture), (Double.nan, Timestamp(milliseconds: 0)),
        ]
    )
    func clamped(seconds: Double, expected: Timestamp) {
        #expect(Timestamp(seconds: seconds) == expected)
    }

    @Test("saturates at the ends of its range")
    func saturation() {
        #expect(Timestamp.distantFuture + .seconds(1) == .distantFuture)
        #expect(Timestamp.distantPast - .seconds(1) == .distantPast)
        #expect(Timestamp(milliseconds: 0) + .seconds(Int64.max) == .distantFuture)
        #expect(Timestamp(milliseconds: -5) - .seconds(Int64.max) == .distantPast)
        #expect(Timestamp.distantFuture - Timestamp.distantPast == .milliseconds(Int64.max))
        #expect(Timestamp.distantPast - Timestamp.distantFuture == .milliseconds(Int64.min))
    }

    @Test("differs from another by a duration that can be added back")
    func differences() {
        let earlier = Timestamp(milliseconds: 1_234)
        let later = earlier + .milliseconds(61_250)
        #expect(later - earlier == .milliseconds(61_250))
        #expect(later - .milliseconds(61_250) == earlier)
        #expect(earlier < later)
    }
}
