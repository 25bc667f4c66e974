/// A point of calendar time as the service writes it: milliseconds since the Unix epoch.
///
/// The timestamps of GES carry no zone and are UTC (the backup page gives one instant both ways:
/// `"startTime":"2021-06-08T13:55:13"`, `"startTimestamp":1623160513000`).
package struct UTCTime: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: UTCTime, right: UTCTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func - (left: UTCTime, right: UTCTime) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }

    package static func + (time: UTCTime, duration: Duration) -> UTCTime {
        UTCTime(milliseconds: time.milliseconds + duration.wholeMilliseconds)
    }
}

extension UTCTime {
    /// The calendar's view of the instant, in the proleptic Gregorian calendar.
    var civil: CivilTime {
        let seconds = milliseconds.quotientRoundedDown(by: 1_000)
        let day = seconds.quotientRoundedDown(by: 86_400)
        let secondOfDay = Int(seconds - day * 86_400)
        let date = CivilTime.date(ofDay: day)
        return CivilTime(
            year: date.year,
            month: date.month,
            day: date.day,
            hour: secondOfDay / 3_600,
            minute: secondOfDay / 60 % 60,
            second: secondOfDay % 60
        )
    }

    /// Nil when the fields name no instant, such as 30 February or 24:00.
    init?(_ civil: CivilTime, milliseconds: Int = 0) {
        guard let secondsSinceEpoch = civil.secondsSinceEpoch else { return nil }
        self.init(milliseconds: secondsSinceEpoch * 1_000 + Int64(milliseconds))
    }

    /// `20250102T030405Z`, the form of the `X-Sdk-Date` header.
    var signingDate: String {
        let civil = self.civil
        return civil.dateText(separator: "") + "T" + civil.timeText(separator: "") + "Z"
    }

    /// `2025-01-02`, the form of the date filters of the job list.
    var dateOnly: String { civil.dateText(separator: "-") }
}

extension UTCTime: CustomStringConvertible {
    /// `2025-01-02T03:04:05Z`
    package var description: String {
        civil.dateText(separator: "-") + "T" + civil.timeText(separator: ":") + "Z"
    }
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
