// Time owns the representation of time for all other targets: one timestamp, duration arithmetic,
// one civil calendar, and the text formats to read and write them. It imports nothing and never
// reads a clock. The current time is always an argument, so that everything above this target can
// run under a virtual clock. A format that only one service uses, such as one without a zone,
// belongs to the client of that service.

/// A point in time in whole milliseconds since the Unix epoch (UTC, no leap seconds), the
/// resolution of Prometheus samples.
///
/// This is wall time, not monotonic time: samples carry it, and cool-downs and budgets must hold
/// across restarts of the agent and of its host. Arithmetic saturates, so that no policy, rule or
/// response of a service can cause a trap.
package struct Timestamp: Hashable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Rounds to the nearest millisecond, halves away from zero as Prometheus does. Values out of
    /// range are clamped; NaN becomes the epoch.
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
    /// Fractions of a millisecond are dropped; the sum saturates.
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

/// Encoded as a bare integer, so that a ledger row stays small and sortable.
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
    /// The nearest integer, halves away from zero; NaN becomes 0 and values out of range are
    /// clamped. `rounded()` is avoided because it would require the C library.
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
