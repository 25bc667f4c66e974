import Time

extension Timestamp {
    /// Reads the timestamps of the service: `2018-07-23T04:09:44` and `2018-07-23 04:09:44` (GES,
    /// which prints both), `2020-01-04T09:05:22.701000Z` (IAM), and an offset such as `+08:00`. Without
    /// a zone the time is UTC. Digits after the millisecond are dropped.
    package init?(serviceTimestamp text: String) {
        var cursor = TextCursor(text)
        guard let civil = Self.civil(&cursor) else { return nil }
        let milliseconds = Self.fraction(&cursor)
        guard let milliseconds, let offsetMinutes = Self.offsetMinutes(&cursor), cursor.isAtEnd,
            let local = Timestamp(civil, milliseconds: milliseconds)
        else { return nil }
        self.init(milliseconds: local.milliseconds - Int64(offsetMinutes) * 60_000)
    }

    private static func civil(_ cursor: inout TextCursor) -> CivilTime? {
        guard let year = cursor.number(digits: 4), cursor.take("-"),
            let month = cursor.number(digits: 2), cursor.take("-"),
            let day = cursor.number(digits: 2), cursor.take(anyOf: "Tt "),
            let hour = cursor.number(digits: 2), cursor.take(":"),
            let minute = cursor.number(digits: 2), cursor.take(":"),
            let second = cursor.number(digits: 2)
        else { return nil }
        return CivilTime(
            year: Int64(year),
            month: month,
            day: day,
            hour: hour,
            minute: minute,
            second: second
        )
    }

    /// Milliseconds; 0 when there is no fraction, nil when it is malformed.
    private static func fraction(_ cursor: inout TextCursor) -> Int? {
        guard cursor.take(".") else { return 0 }
        guard let digits = cursor.digits() else { return nil }
        let thousandths = (digits + [UInt8(ascii: "0"), UInt8(ascii: "0")]).prefix(3)
        return thousandths.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Minutes east of UTC; 0 when there is no zone, nil when it is malformed.
    private static func offsetMinutes(_ cursor: inout TextCursor) -> Int? {
        if cursor.isAtEnd || cursor.take(anyOf: "Zz") { return 0 }
        let sign: Int
        if cursor.take("+") {
            sign = 1
        } else if cursor.take("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = cursor.number(digits: 2), hours < 24 else { return nil }
        _ = cursor.take(":")
        guard let minutes = cursor.number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
