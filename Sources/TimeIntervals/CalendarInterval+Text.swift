/// Alertmanager's notation of ranges. Names are read without regard to case.
extension CalendarInterval {
    /// Why a text is not a range, as a message to the author of the file.
    package struct Malformed: Error, Hashable, Sendable {
        package let message: String
    }

    /// `monday` or `monday:friday`.
    package static func weekdays(_ text: String) throws(Malformed) -> ClosedRange<Int> {
        try range(text, "weekday, such as monday or monday:friday") { names.firstIndex(of: $0) }
    }

    /// `january`, `1` or `january:march`.
    package static func months(_ text: String) throws(Malformed) -> ClosedRange<Int> {
        try range(text, "month, such as january, 1 or january:march") { part in
            monthNames.firstIndex(of: part).map { $0 + 1 }
                ?? Int(part).flatMap { (1...12).contains($0) ? $0 : nil }
        }
    }

    /// `2027` or `2027:2029`.
    package static func years(_ text: String) throws(Malformed) -> ClosedRange<Int> {
        try range(text, "year, such as 2027 or 2027:2029") { part in
            Int(part).flatMap { (1...9999).contains($0) ? $0 : nil }
        }
    }

    /// `1`, `1:5`, `-3:-1` or `10:-1`. 0 is no day.
    package static func daysOfMonth(_ text: String) throws(Malformed) -> DayRange {
        let (first, last) = try bounds(text, "day of the month, such as 1, 1:5 or -1") { part in
            Int(part).flatMap { $0 != 0 && (-31...31).contains($0) ? $0 : nil }
        }
        guard first > 0 || last < 0 else {
            throw Malformed(message: "the last day must be negative if the first is")
        }
        // In the shortest month. What is empty there may have days in a longer one.
        guard (first < 0 ? 28 + first : first) <= (last < 0 ? 28 + last : last) else {
            throw Malformed(message: "day \(last) is before day \(first)")
        }
        return DayRange(first: first, last: last)
    }

    /// `09:00` to `17:00`; the end may be `24:00`.
    package static func times(_ start: String, _ end: String) throws(Malformed) -> Range<Int> {
        let (first, last) = (try minute(start), try minute(end))
        guard first < last else {
            throw Malformed(
                message: "start_time must be before end_time; for a time across midnight, write"
                    + " two ranges, the first to 24:00 and the second from 00:00"
            )
        }
        return first..<last
    }

    private static func minute(_ text: String) throws(Malformed) -> Int {
        let bytes = Array(text.utf8)
        let digits = bytes.map { Int($0) - 0x30 }
        let isShaped =
            bytes.count == 5 && bytes[2] == UInt8(ascii: ":")
            && [0, 1, 3, 4].allSatisfy { (0...9).contains(digits[$0]) }
        guard isShaped, digits[3] < 6 else { throw malformedTime(text) }
        let minute = (digits[0] * 10 + digits[1]) * 60 + digits[3] * 10 + digits[4]
        guard minute <= 1440 else { throw malformedTime(text) }
        return minute
    }

    private static func malformedTime(_ text: String) -> Malformed {
        Malformed(message: "expected a time from 00:00 to 24:00, found \"\(text.prefix(40))\"")
    }

    private static func range(
        _ text: String,
        _ kind: String,
        _ member: (String) -> Int?
    ) throws(Malformed) -> ClosedRange<Int> {
        let (first, last) = try bounds(text, kind, member)
        guard first <= last else {
            throw Malformed(
                message: "\"\(text)\" ends before it begins; write two ranges instead"
            )
        }
        return first...last
    }

    private static func bounds(
        _ text: String,
        _ kind: String,
        _ member: (String) -> Int?
    ) throws(Malformed) -> (Int, Int) {
        let parts = text.lowercased()
            .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = member(parts[0]), let last = member(parts[parts.count - 1]) else {
            throw Malformed(message: "expected a \(kind), found \"\(text.prefix(40))\"")
        }
        return (first, last)
    }

    private static let names = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]

    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]
}
