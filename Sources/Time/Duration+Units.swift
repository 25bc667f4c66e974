extension Duration {
    /// Rounded towards zero, clamped to what an `Int64` holds (292 million years).
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard overflow || carry else { return sum }
        return seconds < 0 ? .min : .max
    }

    /// Rounded up (towards the future), clamped likewise: for limits, of which nothing may be cut
    /// off, and where 0 would mean something else.
    package var wholeMillisecondsRoundedUp: Int64 {
        let whole = wholeMilliseconds
        return whole < .max && self > .milliseconds(whole) ? whole + 1 : whole
    }

    /// In seconds, with fractions, for metrics and display.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
