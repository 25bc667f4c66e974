/// Reads fixed formats, such as dates, from ASCII text. A step that does not match consumes
/// nothing.
package struct TextCursor {
    private var rest: Substring.UTF8View

    package init(_ text: String) {
        rest = Substring(text).utf8
    }

    package var isAtEnd: Bool { rest.isEmpty }

    /// Takes one byte of the given set.
    package mutating func take(anyOf bytes: String) -> Bool {
        guard let first = rest.first, bytes.utf8.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    package mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest.removeFirst(text.utf8.count)
        return true
    }

    /// Takes a number of exactly `count` decimal digits.
    package mutating func number(digits count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Takes all following decimal digits, at least one.
    package mutating func digits() -> String? {
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        return String(Substring(digits))
    }

    /// Takes one of the words and returns its index in the list.
    package mutating func index(ofWord words: [String]) -> Int? {
        guard let index = words.firstIndex(where: { rest.starts(with: $0.utf8) }) else {
            return nil
        }
        rest.removeFirst(words[index].utf8.count)
        return index
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

/// The building blocks of RFC 3339, section 5.6, which other formats share.
extension TextCursor {
    /// `2025-01-02`
    package mutating func date() -> CivilDate? {
        guard let year = number(digits: 4), take("-"), let month = number(digits: 2), take("-"),
            let day = number(digits: 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// `03:04:05`, with an optional fraction of up to `maximumFractionDigits` digits if that is not
    /// 0. Digits after the third are dropped: a timestamp holds milliseconds.
    package mutating func timeOfDay(maximumFractionDigits: Int = 0) -> TimeOfDay? {
        guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2), take(":"),
            let second = number(digits: 2)
        else { return nil }
        var millisecond = 0
        if maximumFractionDigits > 0, take(".") {
            guard let digits = digits(), digits.utf8.count <= maximumFractionDigits else {
                return nil
            }
            millisecond = Int((digits + "00").prefix(3)) ?? 0
        }
        return TimeOfDay(hour: hour, minute: minute, second: second, millisecond: millisecond)
    }

    /// `+08:00` or `-05:30`: how far the time is ahead of UTC. The colon may be missing if it is
    /// optional, as in the basic format of ISO 8601.
    package mutating func offsetFromUTC(colonIsOptional: Bool = false) -> Duration? {
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(digits: 2), hours < 24,
            take(":") || colonIsOptional, let minutes = number(digits: 2), minutes < 60
        else { return nil }
        let offset = Duration.seconds((hours * 60 + minutes) * 60)
        return isWest ? .zero - offset : offset
    }
}
