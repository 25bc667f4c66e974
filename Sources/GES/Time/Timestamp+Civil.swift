import Time

extension Timestamp {
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
