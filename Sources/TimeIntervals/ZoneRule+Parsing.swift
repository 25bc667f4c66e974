import Time

extension ZoneRule {
    /// nil if the text is malformed.
    init?(_ text: String) {
        var cursor = ZoneRuleCursor(text)
        guard cursor.takeName(), let west = cursor.time(hours: 24) else { return nil }
        standardOffset = -west
        if cursor.isAtEnd {
            summer = nil
            return
        }
        guard cursor.takeName() else { return nil }
        var offset = standardOffset + 3600
        if !cursor.isAt(",") {
            guard let west = cursor.time(hours: 24) else { return nil }
            offset = -west
        }
        guard let start = cursor.moment(), let end = cursor.moment(), cursor.isAtEnd else {
            return nil
        }
        summer = Summer(offset: offset, start: start, end: end)
    }
}

/// Reads the parts of a POSIX `TZ` string.
private struct ZoneRuleCursor {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ text: String) -> Bool { rest.starts(with: text.utf8) }

    mutating func take(_ text: String) -> Bool {
        guard isAt(text) else { return false }
        rest.removeFirst(text.utf8.count)
        return true
    }

    /// `CET` or `<+0330>`: at least three letters, or letters, digits and signs in brackets.
    mutating func takeName() -> Bool {
        if take("<") {
            let name = rest.prefix { $0 != UInt8(ascii: ">") }
            rest.removeFirst(name.count)
            return !name.isEmpty && take(">")
        }
        let name = rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
        rest.removeFirst(name.count)
        return name.count >= 3
    }

    /// `,M3.5.0/2`; two o'clock without a time.
    mutating func moment() -> ZoneRule.Moment? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return ZoneRule.Moment(day: day, second: 2 * 3600) }
        return time(hours: 167).map { ZoneRule.Moment(day: day, second: $0) }
    }

    private mutating func day() -> ZoneRule.Day? {
        if take("J") { return number(in: 1...365).map { .julian($0) } }
        guard take("M") else { return number(in: 0...365).map { .ordinal($0) } }
        guard let month = number(in: 1...12), take("."), let week = number(in: 1...5), take("."),
            let weekday = number(in: 0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    /// `-5:30:15` in seconds.
    mutating func time(hours: Int) -> Int? {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard let hour = number(in: 0...hours) else { return nil }
        var seconds = hour * 3600
        for unit in [60, 1] where take(":") {
            guard let part = number(in: 0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard digits.count <= 3, let value = Int(String(Substring(digits))),
            range.contains(value)
        else { return nil }
        rest.removeFirst(digits.count)
        return value
    }
}
