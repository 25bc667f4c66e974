import Series
package import Time

/// Times and durations as Go prints them.
package enum GoTime {
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

extension GoTime {
    /// A time of RFC 3339: `2026-01-02T15:04:05Z`, with or without a fraction, in UTC or with an
    /// offset such as `+02:00`.
    package static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), let (fraction, offset) = ending(of: bytes[19...])
        else { return nil }
        let fields = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19].compactMap {
            number(bytes[$0])
        }
        guard fields.count == 6, 1...12 ~= fields[1], 1...31 ~= fields[2], fields[3] < 24,
            fields[4] < 60, fields[5] < 60, let milliseconds = milliseconds(fraction)
        else { return nil }
        let days = daysSinceEpoch(year: fields[0], month: fields[1], day: fields[2])
        let seconds = ((days * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5] - offset
        return Timestamp(milliseconds: seconds * 1000 + milliseconds)
    }

    /// What follows the seconds: the fraction, and by how many seconds the time is ahead of UTC.
    private static func ending(
        of bytes: ArraySlice<UInt8>
    ) -> (fraction: ArraySlice<UInt8>, offset: Int64)? {
        if bytes.last == UInt8(ascii: "Z") { return (bytes.dropLast(), 0) }
        let zone = Array(bytes.suffix(6))
        guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
            zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
            let minutes = number(zone[4..<6]), hours < 24, minutes < 60
        else { return nil }
        let seconds = (hours * 60 + minutes) * 60
        return (bytes.dropLast(6), zone[0] == UInt8(ascii: "-") ? -seconds : seconds)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Of a fraction with its point, or of nothing; cut off after the third digit.
    private static func milliseconds(_ fraction: ArraySlice<UInt8>) -> Int64? {
        guard let point = fraction.first else { return 0 }
        let digits = fraction.dropFirst()
        guard point == UInt8(ascii: "."), !digits.isEmpty, number(digits.prefix(9)) != nil else {
            return nil
        }
        return number(ArraySlice((digits + [48, 48]).prefix(3)))
    }

    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.floorDivided(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    /// Quotient rounded down, remainder never negative.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
