extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC to the second ("2026-11-23T10:00:00Z"); a part of a second is cut off.
    package var description: String {
        let (days, millisecondsOfDay) = milliseconds.flooredDivision(by: 86_400_000)
        let second = millisecondsOfDay / 1000
        let date = CivilDate(daysSinceEpoch: days)
        let clock = [second / 3600, second / 60 % 60, second % 60].map { $0.padded(to: 2) }
        let calendar = [date.year.padded(to: 4), date.month.padded(to: 2), date.day.padded(to: 2)]
        return "\(calendar.joined(separator: "-"))T\(clock.joined(separator: ":"))Z"
    }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-23T10:00:00.250Z`.
    package var rfc3339Milliseconds: String {
        let rest = milliseconds.flooredDivision(by: 1000).remainder
        return description.dropLast() + "." + rest.padded(to: 3) + "Z"
    }

    /// RFC 3339 in UTC with as many of three decimals as are needed, as Go writes times.
    package var rfc3339: String {
        var text = rfc3339Milliseconds.dropLast()
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text + "Z"
    }
}

/// A date of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last of its
    /// year and every month but the last has a length that one linear formula gives.
    init(daysSinceEpoch: Int64) {
        let daysFromEraStartToEpoch: Int64 = 719_468
        let (era, dayOfEra) =
            (daysSinceEpoch + daysFromEraStartToEpoch).flooredDivision(by: 146_097)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    fileprivate func padded(to width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
