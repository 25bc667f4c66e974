/// RFC 3339, section 5.6. Output is always in UTC.
extension Timestamp: CustomStringConvertible {
    /// With second resolution (`2026-11-23T10:00:00Z`); the fraction is dropped.
    package var description: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)Z"
    }

    /// With three decimals (`2026-11-23T10:00:00.250Z`).
    package var rfc3339Milliseconds: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time).\(civil.time.millisecond.padded(to: 3))Z"
    }

    /// With up to three decimals and no trailing zeros, as Go's `time.RFC3339Nano` does.
    package var rfc3339: String {
        let civil = CivilTime(self)
        return "\(civil.date)T\(civil.time)\(civil.time.fraction)Z"
    }

    /// Reads `2026-01-02T15:04:05Z`, with or without a fraction, in UTC or with an offset such as
    /// `+02:00`. `T` and `Z` must be uppercase, as in Go. Digits beyond the millisecond are
    /// dropped; more than `maximumFractionDigits` are rejected.
    package init?(rfc3339 text: String, maximumFractionDigits: Int = .max) {
        var cursor = TextCursor(text)
        guard let date = cursor.date(), cursor.take("T"),
            let time = cursor.timeOfDay(maximumFractionDigits: maximumFractionDigits),
            let offset = cursor.take("Z") ? .zero : cursor.offsetFromUTC(), cursor.isAtEnd
        else { return nil }
        self = Timestamp(CivilTime(date, time)) - offset
    }
}

/// The basic format of ISO 8601 in UTC with second resolution: `20250102T030405Z`.
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
