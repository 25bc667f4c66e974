import Testing
import Time

@Suite("A civil date")
struct CivilDateTests {
    @Test(
        "is that of counting day by day, over 1,200 years and at both ends of four digits",
        arguments: Array(stride(from: 1370, to: 2570, by: 100)) + [-100, 0, 9900, 10_000]
    )
    func counted(firstYear: Int) {
        var counter = DayCounter(firstDayOf: firstYear)
        while counter.year < firstYear + 100 {
            let date = CivilDate(daysSinceEpoch: counter.daysSinceEpoch)
            let written = CivilDate(year: counter.year, month: counter.month, day: counter.day)
            // One expectation per day, and none after the first failure.
            guard counter.agrees(with: date), date.daysSinceEpoch == counter.daysSinceEpoch,
                written == ((0...9999).contains(counter.year) ? date : nil)
            else {
                Issue.record("\(counter) became \(date), \(date.daysSinceEpoch)")
                return
            }
            counter.advance()
        }
    }

    @Test("does not overflow", arguments: [Int.min, .min + 1, -719_468, .max - 719_468, .max])
    func extremes(days: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect((1...12).contains(date.month) && (1...date.daysInMonth).contains(date.day))
    }

    @Test(
        "is refused when there is no such day",
        arguments: [
            (2023, 2, 29), (1900, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 0, 1), (2024, 13, 1),
            (2024, 1, 0), (2024, 1, 32), (-1, 1, 1), (10_000, 1, 1),
        ]
    )
    func refused(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("is formatted and parsed as a full-date of RFC 3339", arguments: [0, 17_982, -719_528])
    func text(days: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(CivilDate(date.description) == date)
    }

    @Test(
        "is not read from something else",
        arguments: [
            "", "2019-3-27", "2019-03-27T00:00:00", "2019-02-29", "20190327", "２０１９-03-27",
            "2019-03-27 ",
        ]
    )
    func malformed(text: String) {
        #expect(CivilDate(text) == nil)
    }
}

/// The slow and obvious twin of the calendar.
private struct DayCounter {
    var year: Int
    var month = 1
    var day = 1
    var dayOfYear = 1
    var daysSinceEpoch: Int

    init(firstDayOf year: Int) {
        self.year = year
        let years = min(year, 1970)..<max(year, 1970)
        let days = years.reduce(0) { $0 + Self.lengths(of: $1).reduce(0, +) }
        daysSinceEpoch = year < 1970 ? -days : days
    }

    mutating func advance() {
        daysSinceEpoch += 1
        day += 1
        dayOfYear += 1
        if day > Self.lengths(of: year)[month - 1] { (month, day) = (month + 1, 1) }
        if month > 12 { (year, month, dayOfYear) = (year + 1, 1, 1) }
    }

    func agrees(with date: CivilDate) -> Bool {
        (date.year, date.month, date.day) == (year, month, day)
            && date.dayOfYear == dayOfYear && date.dayOfWeek == dayOfWeek
            && date.isLeapYear == Self.isLeap(year)
            && date.daysInMonth == Self.lengths(of: year)[month - 1]
    }

    /// 0 is Sunday; 1 January 1970 was a Thursday.
    private var dayOfWeek: Int {
        var day = (daysSinceEpoch + 4) % 7
        if day < 0 { day += 7 }
        return day
    }

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    }

    private static func lengths(of year: Int) -> [Int] {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    }
}
