import Time

/// The rule in the footer of a zone file: a POSIX `TZ` string with the extensions of RFC 9636,
/// section 3.3.1, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Hashable, Sendable {
    /// In seconds ahead of UTC; the text has the opposite sign.
    let standardOffset: Int
    let summer: Summer?

    struct Summer: Hashable, Sendable {
        let offset: Int
        let start: Moment
        let end: Moment
    }

    /// A day of every year and a local time on it.
    struct Moment: Hashable, Sendable {
        let day: Day
        /// Seconds after midnight; negative for the day before, beyond 24 h for the days after.
        let second: Int
    }

    enum Day: Hashable, Sendable {
        /// `Jn`: 1 to 365; 29 February is never counted.
        case julian(Int)
        /// `n`: 0 to 365; 29 February is counted.
        case ordinal(Int)
        /// `Mm.w.d`: week 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    func offset(at second: Int64) -> Int {
        guard let summer else { return standardOffset }
        // The last change before now decides. Rules may reach into the years beside theirs.
        let year = year(of: second)
        let past = (year - 1...year + 1).flatMap { changes(summer, in: $0) }
            .filter { $0.at <= second }
        return past.max { ($0.at, $0.order) < ($1.at, $1.order) }?.offset ?? standardOffset
    }

    func nextChange(after second: Int64) -> Int64? {
        guard let summer else { return nil }
        let year = year(of: second)
        return (year - 1...year + 2).flatMap { changes(summer, in: $0) }.map(\.at)
            .filter { $0 > second }.min()
    }

    /// Of two changes at one time the later in `order` holds: summer time that ends when it begins
    /// again lasts all year.
    private func changes(
        _ summer: Summer,
        in year: Int
    ) -> [(at: Int64, offset: Int, order: Int)] {
        guard let start = summer.start.second(in: year), let end = summer.end.second(in: year)
        else { return [] }
        return [
            (start - Int64(standardOffset), summer.offset, 1),
            (end - Int64(summer.offset), standardOffset, 0),
        ]
    }

    private func year(of second: Int64) -> Int {
        let days = second.flooredDivision(by: 86_400).quotient
        return CivilDate(daysSinceEpoch: Int(days)).year
    }
}

extension ZoneRule.Moment {
    /// In local seconds since the epoch; nil outside the years of the calendar.
    fileprivate func second(in year: Int) -> Int64? {
        day.daysSinceEpoch(in: year).map { Int64($0) * 86_400 + Int64(second) }
    }
}

extension ZoneRule.Day {
    fileprivate func daysSinceEpoch(in year: Int) -> Int? {
        guard let newYear = CivilDate(year: year, month: 1, day: 1) else { return nil }
        switch self {
        case .julian(let day):
            return newYear.daysSinceEpoch + day - 1 + (newYear.isLeapYear && day >= 60 ? 1 : 0)
        case .ordinal(let day): return newYear.daysSinceEpoch + day
        case .weekday(let month, let week, let weekday):
            guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
            var day = 1 + (weekday - first.dayOfWeek + 7) % 7 + (week - 1) * 7
            if day > first.daysInMonth { day -= 7 }
            return first.daysSinceEpoch + day - 1
        }
    }
}
