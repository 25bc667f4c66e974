import TestSupport
import Testing
import Time

@Suite("A duration")
struct DurationTests {
    @Test(
        "is rounded to milliseconds, towards zero or up",
        arguments: [
            (.zero, 0, 0), (.milliseconds(1), 1, 1), (.nanoseconds(1), 0, 1),
            (.nanoseconds(-1), 0, 0), (.microseconds(1500), 1, 2), (.microseconds(-1500), -1, -1),
            (.milliseconds(-2), -2, -2), (.seconds(1) + .nanoseconds(1), 1000, 1001),
            (.milliseconds(Int64.max), .max, .max), (.milliseconds(Int64.min), .min, .min),
            (.milliseconds(Int64.max) + .nanoseconds(1), .max, .max),
            (.seconds(Int64.max), .max, .max), (.seconds(Int64.min), .min, .min),
        ] as [(Duration, Int64, Int64)]
    )
    func milliseconds(duration: Duration, towardsZero: Int64, up: Int64) {
        #expect(duration.wholeMilliseconds == towardsZero)
        #expect(duration.wholeMillisecondsRoundedUp == up)
    }

    /// Compared with the division that the standard library does.
    @Test("is rounded to milliseconds like its components", arguments: 0..<2000)
    func twin(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bits = Int64(truncatingIfNeeded: random.next()) >> Int64(seed % 64)
        let duration =
            Duration(secondsComponent: bits, attosecondsComponent: 0)
            + .nanoseconds(Int64(truncatingIfNeeded: random.next()))
        let (seconds, attoseconds) = duration.components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        let expected = overflow || carry ? seconds < 0 ? Int64.min : .max : sum
        #expect(duration.wholeMilliseconds == expected)
    }

    @Test("keeps its fraction when converted to seconds")
    func seconds() {
        #expect(Duration.milliseconds(1250).inSeconds == 1.25)
        #expect(Duration.microseconds(-500_000).inSeconds == -0.5)
    }

    @Test(
        "is divided so that the remainder is never negative",
        arguments: [
            (7, 3, 2, 1), (-7, 3, -3, 2), (6, 3, 2, 0), (-6, 3, -2, 0), (-1, 86_400, -1, 86_399),
        ]
    )
    func flooredDivision(number: Int, divisor: Int, quotient: Int, remainder: Int) {
        #expect(number.flooredDivision(by: divisor) == (quotient, remainder))
    }
}
