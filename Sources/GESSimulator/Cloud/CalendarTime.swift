/// A moment in the Gregorian calendar, UTC: what the service writes in its answers.
struct CalendarTime: Hashable, Sendable {
    var year: Int64
    var month: Int64
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64
    var millisecond: Int64

    init(_ instant: CloudInstant) {
        let days = instant.milliseconds.dividedDown(by: Self.millisecondsPerDay)
        var rest = instant.milliseconds - days * Self.millisecondsPerDay
        (year, month, day) = Self.date(daysSinceEpoch: days)
        millisecond = rest % 1000
        rest /= 1000
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    }

    private static let millisecondsPerDay: Int64 = 86_400_000
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let dayNames = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// Days from the epoch to the first of January of the year.
    private static func days(beforeYear year: Int64) -> Int64 {
        let past = year - 1
        let leapDays =
            past.dividedDown(by: 4) - past.dividedDown(by: 100) + past.dividedDown(by: 400)
        // 719,162 days lie between the first of January of the year 1 and the epoch.
        return past * 365 + leapDays - 719_162
    }

    private static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func monthLengths(of year: Int64) -> [Int64] {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }

    static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64? {
        let lengths = monthLengths(of: year)
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...lengths[Int(month) - 1]).contains(day)
        else { return nil }
        return days(beforeYear: year) + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1
    }

    private static func date(daysSinceEpoch: Int64) -> (Int64, Int64, Int64) {
        var year = 1970 + daysSinceEpoch.dividedDown(by: 366)
        while days(beforeYear: year + 1) <= daysSinceEpoch { year += 1 }
        var rest = daysSinceEpoch - days(beforeYear: year)
        var month: Int64 = 1
        for length in monthLengths(of: year) {
            guard rest >= length else { break }
            rest -= length
            month += 1
        }
        return (year, month, rest + 1)
    }
}

extension CloudInstant {
    /// `2018-07-23T04:09:44`: how graphs and jobs write a time, UTC without saying so.
    var naked: String {
        let time = CalendarTime(self)
        return "\(time.dashedDate)T\(time.colonTime)"
    }

    /// `2024-05-23 09:54:00`: how the data plane writes a time.
    var spaced: String {
        let time = CalendarTime(self)
        return "\(time.dashedDate) \(time.colonTime)"
    }

    /// `2020-01-04T09:05:22.701000Z`: how IAM writes a time.
    var withMicroseconds: String {
        let time = CalendarTime(self)
        return "\(time.dashedDate)T\(time.colonTime).\(padded(time.millisecond, 3))000Z"
    }

    /// `20250102T030405Z`: the header X-Sdk-Date.
    var signingDate: String {
        let time = CalendarTime(self)
        return padded(time.year, 4) + padded(time.month) + padded(time.day) + "T"
            + padded(time.hour) + padded(time.minute) + padded(time.second) + "Z"
    }

    /// `Thu, 02 Jan 2025 03:04:05 GMT`: the header Date (RFC 9110, IMF-fixdate).
    package var httpDate: String {
        CalendarTime(self).httpDate(dayIndex: milliseconds.dividedDown(by: 86_400_000))
    }

    /// Reads `20250102T030405Z`; nil for anything else.
    init?(signingDate text: String) {
        let characters = Array(text.utf8)
        guard characters.count == 16, characters[8] == UInt8(ascii: "T"),
            characters[15] == UInt8(ascii: "Z"),
            let year = digits(characters[0..<4]), let month = digits(characters[4..<6]),
            let day = digits(characters[6..<8]), let hour = digits(characters[9..<11]),
            let minute = digits(characters[11..<13]), let second = digits(characters[13..<15]),
            hour < 24, minute < 60, second < 60,
            let days = CalendarTime.daysSinceEpoch(year: year, month: month, day: day)
        else { return nil }
        self.init(seconds: days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Reads `2019-03-27`, the only form that the job list's time filters take.
    init?(day text: String) {
        let characters = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard characters.count == 10, characters[4] == dash, characters[7] == dash,
            let year = digits(characters[0..<4]), let month = digits(characters[5..<7]),
            let day = digits(characters[8..<10]),
            let days = CalendarTime.daysSinceEpoch(year: year, month: month, day: day)
        else { return nil }
        self.init(seconds: days * 86_400)
    }
}

extension CalendarTime {
    fileprivate var dashedDate: String { "\(padded(year, 4))-\(padded(month))-\(padded(day))" }
    fileprivate var colonTime: String { "\(padded(hour)):\(padded(minute)):\(padded(second))" }

    fileprivate func httpDate(dayIndex: Int64) -> String {
        let weekday = Self.dayNames[Int(((dayIndex % 7) + 7) % 7)]
        let month = Self.monthNames[Int(month) - 1]
        return "\(weekday), \(padded(day)) \(month) \(padded(year, 4)) \(colonTime) GMT"
    }
}

private func padded(_ number: Int64, _ width: Int = 2) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

private func digits(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var number: Int64 = 0
    for byte in bytes {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        number = number * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return number
}
