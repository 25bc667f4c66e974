import Time

/// Times and durations as Go's package time prints them.
enum GoTime {
    /// `Time.String`: `2015-07-01 12:00:00.5 +0000 UTC`, to the millisecond.
    static func format(seconds: Double) -> String {
        let civil = CivilTime(Timestamp(seconds: seconds))
        return "\(civil.date) \(civil.time)\(civil.time.fraction) +0000 UTC"
    }

    /// `Duration.String`: `1h30m0.5s`, `100ms`, `2µs`.
    static func format(nanoseconds: Int64) -> String {
        guard nanoseconds != 0 else { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        switch value {
        case ..<1000: return "\(sign)\(value)ns"
        case ..<1_000_000: return sign + decimal(value, unit: 1000) + "µs"
        case ..<1_000_000_000: return sign + decimal(value, unit: 1_000_000) + "ms"
        default: break
        }
        let minutes = value / 60_000_000_000
        let seconds = decimal(value % 60_000_000_000, unit: 1_000_000_000) + "s"
        if minutes == 0 { return sign + seconds }
        if minutes < 60 { return "\(sign)\(minutes)m\(seconds)" }
        return "\(sign)\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }

    private static func decimal(_ value: UInt64, unit: UInt64) -> String {
        let rest = value % unit
        guard rest > 0 else { return String(value / unit) }
        let digits = String(unit).count - 1
        return "\(value / unit)." + trimmed(padded(Int64(rest), digits))
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    private static func trimmed(_ digits: String) -> String {
        var digits = digits
        while digits.last == "0" { digits.removeLast() }
        return digits
    }
}
