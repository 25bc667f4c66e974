import Glibc

/// The date of HTTP's `Date` field: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb",
    ]
    private static let secondsPerDay = 86_400
    private static let daysPerEra = 146_097

    static func now() -> String {
        text(secondsSinceEpoch: time(nil))
    }

    /// For moments from 1970 on.
    static func text(secondsSinceEpoch: Int) -> String {
        let (days, second) = secondsSinceEpoch.quotientAndRemainder(dividingBy: secondsPerDay)
        // The calendar repeats every 400 years. Years that begin in March have their leap day last,
        // and 1 March of the year 0 is 719,468 days before the epoch.
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: daysPerEra)
        let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(padded)
        return "\(weekdays[days % 7]), \(padded(day)) \(months[month]) \(year) "
            + "\(clock.joined(separator: ":")) GMT"
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
