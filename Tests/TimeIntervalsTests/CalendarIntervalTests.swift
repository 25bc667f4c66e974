import Testing
import Time
import TimeIntervals

private func moment(_ text: String) throws -> Timestamp {
    try #require(Timestamp(rfc3339: text))
}

@Suite("A time interval")
struct CalendarIntervalTests {
    @Test("contains its first minute and not its last")
    func times() throws {
        var interval = CalendarInterval()
        interval.times = [try CalendarInterval.times("09:00", "17:00")]
        for (time, isInside) in [
            ("08:59:59.999", false), ("09:00:00", true), ("16:59:59.999", true),
            ("17:00:00", false),
        ] {
            let isContained = interval.contains(try moment("2026-11-28T\(time)Z"))
            #expect(isContained == isInside, "\(time)")
        }
        interval.times = [try CalendarInterval.times("22:00", "24:00")]
        #expect(interval.contains(try moment("2026-11-28T23:59:59.999Z")))
        #expect(!interval.contains(try moment("2026-11-29T00:00:00Z")))
    }

    @Test(
        "counts days from the end of the month, whatever its length",
        arguments: [
            // ranges, month, days inside
            ("-1", "2027-02", [28]), ("-1", "2028-02", [29]), ("-3:-1", "2026-11", [28, 29, 30]),
            ("29:31", "2027-02", []), ("29:31", "2028-02", [29]), ("31", "2026-11", []),
            ("27:-1", "2026-11", [27, 28, 29, 30]), ("27:-1", "2027-02", [27, 28]),
            ("-31:-30", "2026-11", [1]), ("1:3", "2026-11", [1, 2, 3]),
        ] as [(String, String, [Int])]
    )
    func daysOfMonth(range: String, month: String, days: [Int]) throws {
        var interval = CalendarInterval()
        interval.daysOfMonth = [try CalendarInterval.daysOfMonth(range)]
        let inside = (1...31).filter { day in
            let text = "\(month)-\(day < 10 ? "0" : "")\(day)T12:00:00Z"
            return Timestamp(rfc3339: text).map(interval.contains) ?? false
        }
        #expect(inside == days)
    }

    @Test("needs all of its fields and one range of each")
    func conjunction() throws {
        var interval = CalendarInterval()
        interval.weekdays = [try CalendarInterval.weekdays("Monday"), 5...6]
        interval.months = [
            try CalendarInterval.months("november"), try CalendarInterval.months("1"),
        ]
        interval.years = [try CalendarInterval.years("2026:2027")]
        for (day, isInside) in [
            ("2026-11-30", true), ("2026-11-28", true), ("2026-11-29", false),
            ("2026-12-05", false), ("2027-01-04", true), ("2028-01-03", false),
        ] {
            #expect(interval.contains(try moment("\(day)T00:00:00Z")) == isInside, "\(day)")
        }
    }

    @Test("has the ranges of Alertmanager's notation and rejects others with a reason")
    func notation() throws {
        #expect(try CalendarInterval.weekdays("sunday:saturday") == 0...6)
        #expect(try CalendarInterval.months("JANUARY:march") == 1...3)
        #expect(try CalendarInterval.months("2:december") == 2...12)
        #expect(try CalendarInterval.years("2030") == 2030...2030)
        let wrong: [() throws -> Any] = [
            { try CalendarInterval.weekdays("friday:monday") },
            { try CalendarInterval.weekdays("1:5") }, { try CalendarInterval.weekdays("") },
            { try CalendarInterval.weekdays("monday:") },
            { try CalendarInterval.weekdays("mon") }, { try CalendarInterval.months("13") },
            { try CalendarInterval.months("0") }, { try CalendarInterval.months("march:january") },
            { try CalendarInterval.months("1:2:3") }, { try CalendarInterval.years("2030:2029") },
            { try CalendarInterval.years("0") }, { try CalendarInterval.years("x") },
            { try CalendarInterval.daysOfMonth("0") }, { try CalendarInterval.daysOfMonth("32") },
            { try CalendarInterval.daysOfMonth("-32") },
            { try CalendarInterval.daysOfMonth("5:1") },
            { try CalendarInterval.daysOfMonth("-1:-3") },
            { try CalendarInterval.daysOfMonth("-5:1") },
            // Empty in a short month.
            { try CalendarInterval.daysOfMonth("28:-1") },
            { try CalendarInterval.times("9:00", "17:00") },
            { try CalendarInterval.times("17:00", "09:00") },
            { try CalendarInterval.times("09:00", "09:00") },
            { try CalendarInterval.times("00:00", "24:01") },
            { try CalendarInterval.times("00:60", "24:00") },
            { try CalendarInterval.times("0x:00", "24:00") },
        ]
        for (index, read) in wrong.enumerated() {
            #expect(throws: CalendarInterval.Malformed.self, "row \(index)") { _ = try read() }
        }
    }
}

@Suite("When clocks are set, a window")
struct ClockChangeTests {
    /// What a window of one interval does in the days around a change, in UTC.
    private func changes(
        _ start: String,
        _ end: String,
        in name: String,
        from: String,
        count: Int
    ) throws -> [String] {
        var interval = CalendarInterval()
        interval.times = [try CalendarInterval.times(start, end)]
        interval.zone = try zone(name)
        return CalendarIntervals([interval])
            .changes(after: try moment(from), count: count)
            .map { "\($0.opens ? "+" : "-")\($0.at)" }
    }

    @Test("inside the skipped time does not open that day; one around it is shorter")
    func gap() throws {
        // 29 March 2026: 02:00 becomes 03:00.
        #expect(
            try changes(
                "02:15",
                "02:45",
                in: "Europe/Berlin",
                from: "2026-03-28T12:00:00Z",
                count: 2
            )
                == ["+2026-03-30T00:15:00Z", "-2026-03-30T00:45:00Z"]
        )
        #expect(
            try changes(
                "01:30",
                "02:30",
                in: "Europe/Berlin",
                from: "2026-03-28T12:00:00Z",
                count: 2
            )
                == ["+2026-03-29T00:30:00Z", "-2026-03-29T01:00:00Z"]
        )
        // 8 March 2026: 02:00 becomes 03:00.
        #expect(
            try changes(
                "02:30",
                "04:00",
                in: "America/New_York",
                from: "2026-03-07T12:00:00Z",
                count: 2
            )
                == ["+2026-03-08T07:00:00Z", "-2026-03-08T08:00:00Z"]
        )
        // 4 October 2026: 02:00 becomes 02:30.
        #expect(
            try changes(
                "02:05",
                "02:25",
                in: "Australia/Lord_Howe",
                from: "2026-10-03T00:00:00Z",
                count: 2
            )
                == ["+2026-10-04T15:05:00Z", "-2026-10-04T15:25:00Z"]
        )
    }

    @Test("inside the repeated time opens twice; one around it is longer")
    func repeatedHour() throws {
        // 25 October 2026: 03:00 becomes 02:00.
        #expect(
            try changes(
                "02:15",
                "02:45",
                in: "Europe/Berlin",
                from: "2026-10-24T12:00:00Z",
                count: 4
            )
                == [
                    "+2026-10-25T00:15:00Z", "-2026-10-25T00:45:00Z", "+2026-10-25T01:15:00Z",
                    "-2026-10-25T01:45:00Z",
                ]
        )
        // 1 November 2026: 02:00 becomes 01:00.
        #expect(
            try changes(
                "00:30",
                "03:00",
                in: "America/New_York",
                from: "2026-10-31T12:00:00Z",
                count: 2
            )
                == ["+2026-11-01T04:30:00Z", "-2026-11-01T08:00:00Z"]
        )
        // One that ends inside it closes when clocks first show the end, and opens again.
        #expect(
            try changes(
                "00:30",
                "01:30",
                in: "America/New_York",
                from: "2026-10-31T12:00:00Z",
                count: 4
            )
                == [
                    "+2026-11-01T04:30:00Z", "-2026-11-01T05:30:00Z", "+2026-11-01T06:00:00Z",
                    "-2026-11-01T06:30:00Z",
                ]
        )
        // 5 April 2026: 02:00 becomes 01:30.
        #expect(
            try changes(
                "01:40",
                "01:50",
                in: "Australia/Lord_Howe",
                from: "2026-04-04T00:00:00Z",
                count: 4
            )
                == [
                    "+2026-04-04T14:40:00Z", "-2026-04-04T14:50:00Z", "+2026-04-04T15:10:00Z",
                    "-2026-04-04T15:20:00Z",
                ]
        )
    }

    /// The twin knows only whether a minute is inside, and asks every minute.
    @Test(
        "opens and closes when a search minute by minute says, by rules of the far future too",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
    )
    func agreesWithSearch(name: String) throws {
        let table = try zone(name)
        for year in [2026, 2060] {
            for seed in [0, 1, 2, 3, 4, 6, 11] {
                let intervals = CalendarIntervals(Self.intervals(seed, in: table))
                for month in [3, 4, 10, 11] {
                    let date = try #require(CivilDate(year: year, month: month, day: 1))
                    let start = Timestamp(startOf: date)
                    let end = start + .seconds(8 * 86_400)
                    var expected: [Timestamp] = []
                    var wasInside = intervals.contains(start)
                    var time = start
                    while time + .seconds(60) < end {
                        time = time + .seconds(60)
                        guard intervals.contains(time) != wasInside else { continue }
                        wasInside.toggle()
                        expected.append(time)
                    }
                    var found: [Timestamp] = []
                    time = start
                    while let next = intervals.nextChange(after: time, before: end) {
                        found.append(next)
                        time = next
                    }
                    #expect(found == expected, "seed \(seed), \(date)")
                    let last = intervals.lastClosing(after: start, through: end - .seconds(1))
                    let closings = expected.filter { !intervals.contains($0) }
                    let isOpen = intervals.contains(end - .seconds(1))
                    #expect(last == (isOpen ? nil : closings.last))
                }
            }
        }
    }

    private static func intervals(_ seed: Int, in zone: TimeZoneTable) -> [CalendarInterval] {
        (0...seed % 3).map { index in
            var interval = CalendarInterval()
            interval.zone = index == 1 ? .utc : zone
            let start = (seed * 37 + index * 411) % 200
            if seed % 4 != 3 { interval.times = [start..<start + 35, 1380..<1440] }
            if seed % 5 > 2 { interval.weekdays = [seed % 7...6] }
            if seed % 6 > 3 {
                interval.daysOfMonth = [.init(first: 1, last: 3), .init(first: 5, last: 5)]
            }
            if seed % 7 == 6 { interval.months = [3...4, 11...11] }
            return interval
        }
    }
}

@Suite("The calendar of a window")
struct CalendarIntervalsTests {
    @Test("reaches a rare day and ends with the last year")
    func rareDays() throws {
        var interval = CalendarInterval()
        interval.months = [2...2]
        interval.daysOfMonth = [.init(first: 29, last: 29)]
        interval.weekdays = [0...0]
        // 29 February is a Sunday in 2032, 2060, 2088 and, because 2100 has none, 2128.
        let changes = CalendarIntervals([interval])
            .changes(after: try moment("2090-01-01T00:00:00Z"), count: 3)
        #expect(changes.map { "\($0.at)" } == ["2128-02-29T00:00:00Z", "2128-03-01T00:00:00Z"])
        interval = CalendarInterval()
        interval.years = [2027...2027]
        #expect(
            CalendarIntervals([interval]).changes(
                after: try moment("2026-11-28T00:00:00Z"),
                count: 9
            )
            .map { "\($0.at)" } == ["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"]
        )
    }

    @Test("has no changes if it is always open, by one interval or by several together")
    func alwaysOpen() throws {
        let start = try moment("2026-11-28T00:00:00Z")
        #expect(CalendarIntervals([CalendarInterval()]).changes(after: start, count: 1).isEmpty)
        var (week, weekend) = (CalendarInterval(), CalendarInterval())
        (week.weekdays, weekend.weekdays) = ([1...5], [0...0, 6...6])
        #expect(CalendarIntervals([week, weekend]).changes(after: start, count: 1).isEmpty)
        #expect(CalendarIntervals([]).changes(after: start, count: 1).isEmpty)
    }

    @Test("joins what touches: until midnight and from midnight is one window")
    func acrossMidnight() throws {
        var interval = CalendarInterval()
        interval.times = [1320..<1440, 0..<120]
        let changes = CalendarIntervals([interval])
            .changes(after: try moment("2026-11-28T12:00:00Z"), count: 2)
        #expect(changes.map { "\($0.at)" } == ["2026-11-28T22:00:00Z", "2026-11-29T02:00:00Z"])
    }
}

@Suite("A bounded search")
struct BoundedSearchTests {
    /// Ranges of minutes that meet, of which day and night are made.
    private func meeting(_ count: Int) -> CalendarIntervals {
        let length = 1440 / count
        return CalendarIntervals(
            (0..<count).map { index in
                var interval = CalendarInterval()
                interval.times = [index * length..<(index + 1) * length]
                return interval
            }
        )
    }

    @Test("ends although nothing changes, and says how far it looked", arguments: [2, 10, 96])
    func bounded(count: Int) throws {
        let start = try moment("2026-11-28T00:00:00Z")
        let limit = start + .seconds(366 * 86_400)
        let result = meeting(count).search(after: start, before: limit, looks: 5_000)
        #expect(result.change == nil)
        let rounds = Int((result.searchedUntil - start).components.seconds) * count / 86_400
        #expect(count == 2 ? result.searchedUntil == limit : rounds == (5_000 - 1) / count + 1)
    }

    @Test("finds in parts what a search without bounds finds", arguments: [1, 7, 500])
    func parts(looks: Int) throws {
        let start = try moment("2026-11-28T00:00:00Z")
        var intervals = meeting(24).intervals
        for index in intervals.indices {
            intervals[index].daysOfMonth = [.init(first: 1, last: 27)]
        }
        intervals.append(CalendarInterval())
        intervals[24].daysOfMonth = [.init(first: 28, last: 30)]
        let calendar = CalendarIntervals(intervals)
        let limit = start + .seconds(60 * 86_400)
        var (time, found) = (start, Timestamp?.none)
        while found == nil, time < limit {
            let result = calendar.search(after: time, before: limit, looks: looks)
            #expect(result.searchedUntil > time)
            (time, found) = (result.searchedUntil, result.change)
        }
        #expect(found == calendar.nextChange(after: start, before: limit))
        #expect(found == Timestamp(rfc3339: "2026-12-31T00:00:00Z"))
    }
}
