package import Time

extension Timestamp {
    /// Parses a timestamp as sent by the services: `2018-07-23T04:09:44` and `2018-07-23 04:09:44`
    /// (both used by GES), `2020-01-04T09:05:22.701000Z` (IAM), or with an offset such as `+08:00`
    /// or `+0800`. Digits after the millisecond are dropped.
    ///
    /// A time without zone is UTC. The GES API page on backups shows the same time both ways:
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
