extension Duration {
    /// Rounded towards zero and clamped to the range of `Int64` (292 million years).
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        guard overflow || carry else { return sum }
        return seconds < 0 ? .min : .max
    }

    /// Rounded up and clamped likewise. For limits and waits that must not be cut short, and where
    /// 0 would mean "no limit".
    package var wholeMillisecondsRoundedUp: Int64 {
        let whole = wholeMilliseconds
        return whole < .max && self > .milliseconds(whole) ? whole + 1 : whole
    }

    /// Fractional seconds, for metrics and display.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
