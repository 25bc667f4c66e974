/// RFC 3339, section 5.6, in UTC.
extension Timestamp: CustomStringConvertible {
    /// To the second (`2026-11-23T10:00:00Z`); a fraction is cut off.
    package var description: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)Z"
    }

    /// With three decimals: `2026-11-23T10:00:00.250Z`.
    package var rfc3339Milliseconds: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time).\(civil.time.millisecond.padded(to: 3))Z"
    }

    /// With as many of three decimals as are needed, as Go's `time.RFC3339Nano` writes times.
    package var rfc3339: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)\(civil.time.fraction)Z"
    }

    /// Reads `2026-01-02T15:04:05Z`, with or without a fraction, in UTC or with an offset such as
    /// `+02:00`. `T` and `Z` must be capitals, as Go demands. Digits after the millisecond are
    /// dropped; more than `maximumFractionDigits` are refused.
    package init?(rfc3339 text: String, maximumFractionDigits: Int = .max) {
        var cursor = TextCursor(text)
        guard let date = cursor.date(), cursor.take("T"),
            let time = cursor.timeOfDay(maximumFractionDigits: maximumFractionDigits),
            let offset = cursor.take("Z") ? .zero : cursor.offsetFromUTC(), cursor.isAtEnd
        else { return nil }
        self = Timestamp(CivilTime(date, time)) - offset
    }
}

/// ISO 8601, basic format, in UTC and to the second: `20250102T030405Z`.
extension Timestamp {
    package var iso8601Basic: String { description.filter { $0 != "-" && $0 != ":" } }

    package init?(iso8601Basic text: String) {
        var cursor = TextCursor(text)
        guard let year = cursor.number(digits: 4), let month = cursor.number(digits: 2),
            let day = cursor.number(digits: 2), cursor.take("T"),
            let hour = cursor.number(digits: 2), let minute = cursor.number(digits: 2),
            let second = cursor.number(digits: 2), cursor.take("Z"), cursor.isAtEnd,
            let date = CivilDate(year: year, month: month, day: day),
            let time = TimeOfDay(hour: hour, minute: minute, second: second)
        else { return nil }
        self.init(CivilTime(date, time))
    }
}
