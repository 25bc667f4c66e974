/// A calendar date and a time of day. It carries no zone; conversions to and from `Timestamp`
/// assume UTC.
package struct CivilTime: Hashable, Sendable {
    package var date: CivilDate
    package var time: TimeOfDay

    package init(_ date: CivilDate, _ time: TimeOfDay) {
        (self.date, self.time) = (date, time)
    }

    /// The date and the time of day in UTC.
    package init(_ timestamp: Timestamp) {
        let (days, rest) = timestamp.milliseconds.flooredDivision(by: millisecondsPerDay)
        date = CivilDate(daysSinceEpoch: Int(days))
        time = TimeOfDay(millisecondOfDay: Int(rest))
    }
}

/// A time of day with millisecond resolution.
package struct TimeOfDay: Hashable, Sendable {
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59, or 60 for a leap second, which is read as the second after it (as in POSIX).
    package let second: Int
    /// 0 to 999.
    package let millisecond: Int

    /// nil if a field is out of range.
    package init?(hour: Int, minute: Int, second: Int, millisecond: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
            (0...999).contains(millisecond)
        else { return nil }
        (self.hour, self.minute) = (hour, minute)
        (self.second, self.millisecond) = (second, millisecond)
    }

    fileprivate init(millisecondOfDay: Int) {
        let (second, millisecond) = millisecondOfDay.quotientAndRemainder(dividingBy: 1000)
        (hour, minute, self.second) = (second / 3600, second / 60 % 60, second % 60)
        self.millisecond = millisecond
    }

    fileprivate var millisecondOfDay: Int {
        ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
    }
}

extension TimeOfDay: CustomStringConvertible {
    /// `03:04:05`, without the fraction of the second.
    package var description: String {
        [hour, minute, second].map { $0.padded(to: 2) }.joined(separator: ":")
    }

    /// The fraction of the second with its point and up to three digits, without trailing zeros
    /// (`.25`); empty for a whole second. This is how Go prints fractions.
    package var fraction: String {
        guard millisecond > 0 else { return "" }
        var digits = millisecond.padded(to: 3)
        while digits.last == "0" { digits.removeLast() }
        return "." + digits
    }
}

extension Timestamp {
    /// Interprets the date and the time as UTC.
    package init(_ civil: CivilTime) {
        var days = Int64(civil.date.daysSinceEpoch)
        var rest = Int64(civil.time.millisecondOfDay)
        // The first representable day starts before the first representable millisecond, so its
        // midnight would overflow: count back from the end of the day instead.
        if days < 0 {
            days += 1
            rest -= millisecondsPerDay
        }
        self = Timestamp(milliseconds: days * millisecondsPerDay).advanced(byMilliseconds: rest)
    }

    /// 00:00 UTC of the date.
    package init(startOf date: CivilDate) {
        self.init(CivilTime(date, TimeOfDay(millisecondOfDay: 0)))
    }
}

private let millisecondsPerDay: Int64 = 86_400_000

extension Int {
    /// Padded with leading zeros to `width` digits.
    func padded(to width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.utf8.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
