/// Times and durations as Go prints them.
enum GoTime {
    /// `2015-07-01 12:00:00.5 +0000 UTC`, to the millisecond.
    static func format(seconds: Double) -> String {
        let milliseconds = Int64(exactly: (seconds * 1000).rounded()) ?? 0
        let (days, rest) = milliseconds.floorDivided(by: 86_400_000)
        let date = date(daysSinceEpoch: days)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { padded($0, 2) }
        let fraction = rest % 1000 == 0 ? "" : "." + trimmed(padded(rest % 1000, 3))
        return "\(date) \(clock.joined(separator: ":"))\(fraction) +0000 UTC"
    }

    /// `1h30m0.5s`, `100ms`, `2µs`.
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

    /// The civil date of a day: years of 365.2425 days that begin in March, in eras of 400.
    private static func date(daysSinceEpoch days: Int64) -> String {
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        return
            "\(padded(year, 4))-\(padded(month >= 10 ? month - 9 : month + 3, 2))-\(padded(day, 2))"
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

extension Int64 {
    /// Quotient rounded down, remainder never negative.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
