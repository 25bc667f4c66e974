/// A date in the proleptic Gregorian calendar: today's leap-year rule applied to all years,
/// including a year 0.
///
/// The arithmetic counts years from 1 March, so that the leap day is the last day of its year and
/// one linear formula gives the length of every month but the last. The calendar repeats every 400
/// years, called an era (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
package struct CivilDate: Hashable, Sendable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int

    /// nil if the month has no such day or the year is outside 0 to 9999, the range of the text
    /// forms.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.daysInMonth(month, of: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    package init(daysSinceEpoch: Int) {
        // Two floored divisions instead of one formula, so that no number of days overflows.
        let (erasSinceEpoch, rest) = daysSinceEpoch.flooredDivision(by: Self.daysPerEra)
        let (eras, dayOfEra) = (rest + Self.epochDay).flooredDivision(by: Self.daysPerEra)
        let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - Self.daysBefore(yearOfEra: yearOfEra)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - Self.daysBefore(monthFromMarch: monthFromMarch) + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = (erasSinceEpoch + eras) * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    /// Days since 1 January 1970, which is day 0.
    package var daysSinceEpoch: Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = yearFromMarch.flooredDivision(by: 400)
        let dayOfYear = Self.daysBefore(monthFromMarch: (month + 9) % 12) + day - 1
        return era * Self.daysPerEra + Self.daysBefore(yearOfEra: yearOfEra) + dayOfYear
            - Self.epochDay
    }

    private static let daysPerEra = 146_097
    /// 1 January 1970 in days since 1 March of the year 0.
    private static let epochDay = 719_468

    private static func daysBefore(yearOfEra year: Int) -> Int {
        365 * year + year / 4 - year / 100
    }

    private static func daysBefore(monthFromMarch month: Int) -> Int {
        (153 * month + 2) / 5
    }
}

extension CivilDate {
    package var isLeapYear: Bool { Self.isLeap(year) }

    package var daysInMonth: Int { Self.daysInMonth(month, of: year) }

    /// 1 to 366.
    package var dayOfYear: Int {
        let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return daysBefore[month - 1] + (isLeapYear && month > 2 ? 1 : 0) + day
    }

    /// 0 is Sunday, 6 is Saturday. Day 0, 1 January 1970, was a Thursday.
    package var dayOfWeek: Int { (daysSinceEpoch + 4).flooredDivision(by: 7).remainder }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// The `full-date` of RFC 3339, section 5.6: `2025-01-02`.
extension CivilDate: CustomStringConvertible {
    package var description: String {
        [year.padded(to: 4), month.padded(to: 2), day.padded(to: 2)].joined(separator: "-")
    }

    package init?(_ text: String) {
        var cursor = TextCursor(text)
        guard let date = cursor.date(), cursor.isAtEnd else { return nil }
        self = date
    }
}
