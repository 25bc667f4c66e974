package import Time

extension Timestamp {
    /// Reads the three forms of RFC 9110, section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT` and the two
    /// obsolete ones, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    ///
    /// - Parameter now: decides the century of the two-digit year, which is never more than 50 years
    ///   ahead.
    package init?(httpDate text: String, now: Timestamp) {
        let parsed =
            Self.fixedDate(text) ?? Self.rfc850Date(text, now: now) ?? Self.asctimeDate(text)
        guard let parsed, let time = Timestamp(parsed) else { return nil }
        self = time
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    private static func fixedDate(_ text: String) -> CivilTime? {
        var cursor = TextCursor(text)
        guard cursor.index(ofWord: days) != nil, cursor.take(", "),
            let day = cursor.number(digits: 2), cursor.take(" "),
            let month = cursor.index(ofWord: months), cursor.take(" "),
            let year = cursor.number(digits: 4), cursor.take(" "),
            let time = timeOfDay(&cursor), cursor.take(" GMT"), cursor.isAtEnd
        else { return nil }
        return CivilTime(
            year: Int64(year),
            month: month + 1,
            day: day,
            hour: time.hour,
            minute: time.minute,
            second: time.second
        )
    }

    private static func rfc850Date(_ text: String, now: Timestamp) -> CivilTime? {
        var cursor = TextCursor(text)
        guard cursor.index(ofWord: longDays) != nil, cursor.take(", "),
            let day = cursor.number(digits: 2), cursor.take("-"),
            let month = cursor.index(ofWord: months), cursor.take("-"),
            let shortYear = cursor.number(digits: 2), cursor.take(" "),
            let time = timeOfDay(&cursor), cursor.take(" GMT"), cursor.isAtEnd
        else { return nil }
        let thisYear = now.civil.year
        let year = thisYear - thisYear % 100 + Int64(shortYear)
        return CivilTime(
            year: year > thisYear + 50 ? year - 100 : year,
            month: month + 1,
            day: day,
            hour: time.hour,
            minute: time.minute,
            second: time.second
        )
    }

    private static func asctimeDate(_ text: String) -> CivilTime? {
        var cursor = TextCursor(text)
        guard cursor.index(ofWord: days) != nil, cursor.take(" "),
            let month = cursor.index(ofWord: months), cursor.take(" "),
            let day = cursor.take(" ") ? cursor.number(digits: 1) : cursor.number(digits: 2),
            cursor.take(" "), let time = timeOfDay(&cursor), cursor.take(" "),
            let year = cursor.number(digits: 4), cursor.isAtEnd
        else { return nil }
        return CivilTime(
            year: Int64(year),
            month: month + 1,
            day: day,
            hour: time.hour,
            minute: time.minute,
            second: time.second
        )
    }

    private static func timeOfDay(
        _ cursor: inout TextCursor
    ) -> (hour: Int, minute: Int, second: Int)? {
        guard let hour = cursor.number(digits: 2), cursor.take(":"),
            let minute = cursor.number(digits: 2), cursor.take(":"),
            let second = cursor.number(digits: 2)
        else { return nil }
        return (hour, minute, second)
    }
}
