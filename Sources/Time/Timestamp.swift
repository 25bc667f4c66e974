// Time owns what every other target says about time: one timestamp, the arithmetic of durations, one
// civil calendar, and the text forms in which they are read and written. It imports nothing, and it
// never reads a clock: the current time is an argument, so that everything above it can run under a
// virtual clock. What only one service does, such as leaving out the zone, stays with that service.

/// A point in time: whole milliseconds since the Unix epoch (UTC, without leap seconds), the
/// resolution of every sample.
///
/// Wall time rather than monotonic time: cool-downs and budgets must hold across restarts of the
/// agent and of its host, and samples carry it. Arithmetic saturates, so that no policy, rule or
/// answer of a service can trap.
package struct Timestamp: Hashable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Rounds to the nearest millisecond, halves away from zero as Prometheus does. Values that no
    /// `Int64` can hold are clamped; NaN becomes the epoch.
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

/// A bare integer, so that a ledger row stays small and sortable.
extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
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
