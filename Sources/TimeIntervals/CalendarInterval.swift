package import Time

/// One time interval in Alertmanager's syntax. A moment is inside if it satisfies every field; a
/// field is satisfied by any of its ranges, and a field without ranges by every moment.
///
/// The fields are about what clocks and calendars in `zone` show. An hour that is repeated when
/// clocks go back is inside twice, and one that is skipped when they go forward never.
package struct CalendarInterval: Hashable, Sendable {
    /// In minutes after midnight, without the last: 0 to 1440.
    package var times: [Range<Int>] = []
    /// 0 is Sunday.
    package var weekdays: [ClosedRange<Int>] = []
    package var daysOfMonth: [DayRange] = []
    /// 1 is January.
    package var months: [ClosedRange<Int>] = []
    package var years: [ClosedRange<Int>] = []
    package var zone = TimeZoneTable.utc

    package init() {}

    /// Days of a month, 1 to 31, or counted from its end: -1 is the last day.
    package struct DayRange: Hashable, Sendable {
        package let first: Int
        package let last: Int

        package init(first: Int, last: Int) {
            self.first = first
            self.last = last
        }

        func contains(_ date: CivilDate) -> Bool {
            let length = date.daysInMonth
            let first = first < 0 ? length + first + 1 : first
            // A range that begins after the end of a short month has no day in it, and one that
            // ends there ends with the month.
            let last = last < 0 ? length + last + 1 : last
            return first <= date.day && date.day <= last
        }
    }

    package func contains(_ time: Timestamp) -> Bool {
        let civil = zone.civilTime(at: time)
        let minute = civil.time.hour * 60 + civil.time.minute
        return (times.isEmpty || times.contains { $0.contains(minute) }) && contains(civil.date)
    }

    func contains(_ date: CivilDate) -> Bool {
        Self.holds(years, date.year) && Self.holds(months, date.month)
            && (daysOfMonth.isEmpty || daysOfMonth.contains { $0.contains(date) })
            && Self.holds(weekdays, date.dayOfWeek)
    }

    private static func holds(_ ranges: [ClosedRange<Int>], _ value: Int) -> Bool {
        ranges.isEmpty || ranges.contains { $0.contains(value) }
    }

    /// Whether some days are inside and others are not.
    private var choosesDays: Bool {
        !(years.isEmpty && months.isEmpty && daysOfMonth.isEmpty && weekdays.isEmpty)
    }
}

// MARK: - Boundaries

extension CalendarInterval {
    /// The next moment at which the interval may begin or end; nil if there is none before
    /// `limit`. Between two of them, all moments are inside or none.
    func nextBoundary(after time: Timestamp, before limit: Timestamp) -> Timestamp? {
        var time = time
        while time < limit {
            let second = time.wholeSeconds
            let offset = Int64(zone.offsetSeconds(at: second))
            let change = zone.nextChange(after: second)
            let segmentEnd = min(change ?? .max, limit.wholeSeconds.advanced(by: 1))
            if let local = nextLocalBoundary(after: second + offset, upTo: segmentEnd + offset) {
                return Timestamp(milliseconds: (local - offset) * 1000)
            }
            guard let change, change < limit.wholeSeconds else { return nil }
            // Clocks are set: what they show jumps, so anything may begin or end.
            if choosesDays || !times.isEmpty { return Timestamp(milliseconds: change * 1000) }
            time = Timestamp(milliseconds: change * 1000)
        }
        return nil
    }

    /// The same in seconds of local time while the offset stays the same.
    private func nextLocalBoundary(after second: Int64, upTo end: Int64) -> Int64? {
        guard choosesDays || !times.isEmpty else { return nil }
        var (day, rest) = second.flooredDivision(by: 86_400)
        let wasInside = contains(CivilDate(daysSinceEpoch: Int(day)))
        if wasInside {
            let boundaries = times.flatMap { [$0.lowerBound, $0.upperBound] }.map { Int64($0) * 60 }
            if let next = boundaries.filter({ $0 > rest && $0 < 86_400 }).min() {
                return within(day * 86_400 + next, end)
            }
        }
        // With times, every day that is inside has boundaries of its own.
        repeat {
            day += 1
            rest = day * 86_400
            if rest > end { return nil }
        } while contains(CivilDate(daysSinceEpoch: Int(day))) == wasInside
            && (times.isEmpty || !wasInside)
        return within(rest, end)
    }

    private func within(_ second: Int64, _ end: Int64) -> Int64? { second <= end ? second : nil }
}
