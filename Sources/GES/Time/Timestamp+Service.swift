package import Time

extension Timestamp {
    /// Reads the timestamps of the service: `2018-07-23T04:09:44` and `2018-07-23 04:09:44` (GES,
    /// which prints both), `2020-01-04T09:05:22.701000Z` (IAM), and an offset such as `+08:00` or
    /// `+0800`. Digits after the millisecond are dropped.
    ///
    /// Without a zone the time is UTC: the backup page gives one time both ways,
    /// `"startTime":"2021-06-08T13:55:13"` and `"startTimestamp":1623160513000`.
    package init?(serviceTimestamp text: String) {
        var cursor = TextCursor(text)
        guard let date = cursor.date(), date.year > 0, cursor.take(anyOf: "Tt "),
            let time = cursor.timeOfDay(maximumFractionDigits: .max)
        else { return nil }
        let isUTC = cursor.isAtEnd || cursor.take(anyOf: "Zz")
        guard let offset = isUTC ? .zero : cursor.offsetFromUTC(colonIsOptional: true),
            cursor.isAtEnd
        else { return nil }
        self = Timestamp(CivilTime(date, time)) - offset
    }
}
