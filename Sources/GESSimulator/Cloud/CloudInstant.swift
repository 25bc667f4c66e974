/// A moment of the simulated cloud: milliseconds since the Unix epoch, UTC.
package struct CloudInstant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package init(seconds: Int64) {
        self.init(milliseconds: seconds * 1000)
    }

    /// Seconds since the epoch, rounded down.
    package var seconds: Int64 {
        milliseconds.dividedDown(by: 1000)
    }

    package static func < (left: CloudInstant, right: CloudInstant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (instant: CloudInstant, duration: Duration) -> CloudInstant {
        CloudInstant(milliseconds: instant.milliseconds + duration.milliseconds)
    }

    package static func - (instant: CloudInstant, duration: Duration) -> CloudInstant {
        CloudInstant(milliseconds: instant.milliseconds - duration.milliseconds)
    }

    package func duration(since earlier: CloudInstant) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }
}

extension Duration {
    /// Rounded towards zero. A duration beyond Int64's milliseconds is cut there.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        return whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
    }

    var inSeconds: Double {
        Double(milliseconds) / 1000
    }
}

extension Int64 {
    /// Division that rounds down, so that moments before 1970 stay on their own day.
    func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
