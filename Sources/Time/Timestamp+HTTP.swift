/// Dates in HTTP headers (RFC 9110, section 5.6.7).
extension Timestamp {
    /// The IMF-fixdate, the only format that a sender may use: `Sun, 06 Nov 1994 08:49:37 GMT`.
    package var httpDate: String {
        let civil = CivilTime(self)
        let date = civil.date
        return "\(dayNames[date.dayOfWeek]), \(date.day.padded(to: 2)) "
            + "\(monthNames[date.month - 1]) \(date.year.padded(to: 4)) \(civil.time) GMT"
    }

    /// Reads the IMF-fixdate and the two obsolete formats that recipients must accept, `Sunday,
    /// 06-Nov-94 08:49:37 GMT` (RFC 850) and `Sun Nov 6 08:49:37 1994` (asctime). The day of the
    /// week is not checked against the date.
    ///
    /// - Parameter now: resolves the two-digit year, which is at most 50 years in the future.
    package init?(httpDate text: String, now: Timestamp) {
        guard let civil = fixdate(text) ?? rfc850Date(text, now: now) ?? asctimeDate(text) else {
            return nil
        }
        self.init(civil)
    }
}

private let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
private let longDayNames = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
]
private let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

private func fixdate(_ text: String) -> CivilTime? {
    var cursor = TextCursor(text)
    guard cursor.index(ofWord: dayNames) != nil, cursor.take(", "),
        let day = cursor.number(digits: 2), cursor.take(" "),
        let month = cursor.index(ofWord: monthNames), cursor.take(" "),
        let year = cursor.number(digits: 4), cursor.take(" "),
        let date = CivilDate(year: year, month: month + 1, day: day),
        let time = cursor.timeOfDay(), cursor.take(" GMT"), cursor.isAtEnd
    else { return nil }
    return CivilTime(date, time)
}

private func rfc850Date(_ text: String, now: Timestamp) -> CivilTime? {
    var cursor = TextCursor(text)
    guard cursor.index(ofWord: longDayNames) != nil, cursor.take(", "),
        let day = cursor.number(digits: 2), cursor.take("-"),
        let month = cursor.index(ofWord: monthNames), cursor.take("-"),
        let shortYear = cursor.number(digits: 2), cursor.take(" ")
    else { return nil }
    let thisYear = CivilTime(now).date.year
    let yearOfThisCentury = thisYear - thisYear % 100 + shortYear
    let year = yearOfThisCentury > thisYear + 50 ? yearOfThisCentury - 100 : yearOfThisCentury
    guard let date = CivilDate(year: year, month: month + 1, day: day),
        let time = cursor.timeOfDay(), cursor.take(" GMT"), cursor.isAtEnd
    else { return nil }
    return CivilTime(date, time)
}

private func asctimeDate(_ text: String) -> CivilTime? {
    var cursor = TextCursor(text)
    guard cursor.index(ofWord: dayNames) != nil, cursor.take(" "),
        let month = cursor.index(ofWord: monthNames), cursor.take(" "),
        let day = cursor.take(" ") ? cursor.number(digits: 1) : cursor.number(digits: 2),
        cursor.take(" "), let time = cursor.timeOfDay(), cursor.take(" "),
        let year = cursor.number(digits: 4), cursor.isAtEnd,
        let date = CivilDate(year: year, month: month + 1, day: day)
    else { return nil }
    return CivilTime(date, time)
}
