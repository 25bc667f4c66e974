extension Duration {
    /// Rounded towards zero and clamped to the range of `Int64` (292 million years).
    package var wholeMilliseconds: Int64 {
        // One division of 128 by 64 bits, in hardware. `components` takes five times as long, and
        // there is hardly a decision that does not subtract two times.
        let magnitude = attoseconds.magnitude
        let high = UInt64(truncatingIfNeeded: magnitude >> 64)
        let isNegative = attoseconds < 0
        guard high < Self.attosecondsPerMillisecond else { return isNegative ? .min : .max }
        let low = UInt64(truncatingIfNeeded: magnitude)
        let whole = Self.attosecondsPerMillisecond.dividingFullWidth((high, low)).quotient
        guard isNegative else { return Int64(clamping: whole) }
        return whole > UInt64(Int64.max) ? .min : -Int64(whole)
    }

    private static let attosecondsPerMillisecond: UInt64 = 1_000_000_000_000_000

    /// Rounded up and clamped likewise. For limits and waits that must not be cut short, and where
    /// 0 would mean "no limit".
    package var wholeMillisecondsRoundedUp: Int64 {
        let whole = wholeMilliseconds
        return whole < .max && self > .milliseconds(whole) ? whole + 1 : whole
    }

    /// Fractional seconds, for metrics and display.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
