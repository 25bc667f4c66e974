/// A point in time, in whole milliseconds since the Unix epoch: the resolution of every sample.
package struct Timestamp: Hashable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Rounds to the nearest millisecond, halves away from zero as Prometheus does. Values that no `Int64` can hold, and NaN, are clamped.
    package init(seconds: Double) {
        self.init(milliseconds: Int64(clamping: seconds * 1000))
    }

    package var seconds: Double { Double(milliseconds) / 1000 }

    /// Earlier and later than every sample.
    package static let distantPast = Timestamp(milliseconds: .min)
    package static let distantFuture = Timestamp(milliseconds: .max)
}

extension Timestamp: Comparable {
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Timestamp {
    /// Fractions of a millisecond are cut off; a sum beyond the range stops at its end.
    package static func + (time: Timestamp, duration: Duration) -> Timestamp {
        time.advanced(byMilliseconds: duration.wholeMilliseconds)
    }

    package static func - (time: Timestamp, duration: Duration) -> Timestamp {
        let (negated, overflow) = Int64(0).subtractingReportingOverflow(duration.wholeMilliseconds)
        return time.advanced(byMilliseconds: overflow ? .max : negated)
    }

    package static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        let (difference, overflow) = later.milliseconds.subtractingReportingOverflow(
            earlier.milliseconds
        )
        guard overflow else { return .milliseconds(difference) }
        return .milliseconds(later > earlier ? Int64.max : Int64.min)
    }

    package func advanced(byMilliseconds distance: Int64) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(distance)
        guard overflow else { return Timestamp(milliseconds: sum) }
        return distance > 0 ? .distantFuture : .distantPast
    }
}

extension Duration {
    /// Cut off towards zero, clamped to what an `Int64` holds (292 million years).
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard overflow || carry else { return sum }
        return seconds < 0 ? .min : .max
    }
}

extension Int64 {
    /// The nearest integer, halves away from zero; NaN becomes 0, what is out of range the nearest
    /// end. (Without `rounded()`, which would need the C library.)
    fileprivate init(clamping value: Double) {
        guard value > -0x1p63, value < 0x1p63 else {
            self = value.isNaN ? 0 : (value < 0 ? .min : .max)
            return
        }
        let truncated = Int64(value)
        let fraction = value - Double(truncated)
        self = truncated + (fraction >= 0.5 ? 1 : (fraction <= -0.5 ? -1 : 0))
    }
}
