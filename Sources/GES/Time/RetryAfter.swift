import Time

/// The `Retry-After` header of RFC 9110, section 10.2.3: seconds, or the date until which to wait.
enum RetryAfter {
    /// Nil when the header says nothing readable. A date is read against the server's own `Date`, so
    /// that a wrong clock here does not matter. Never negative.
    static func duration(_ value: String, serverDate: String?, now: Timestamp) -> Duration? {
        let value = value.trimmingWhitespace()
        var cursor = TextCursor(value)
        if let digits = cursor.digits(), cursor.isAtEnd {
            // More than nine digits is thirty years or more, whatever was meant.
            return .seconds(digits.utf8.count > 9 ? 999_999_999 : Int(digits) ?? 0)
        }
        guard let until = Timestamp(httpDate: value, now: now) else { return nil }
        let from = serverDate.flatMap { Timestamp(httpDate: $0, now: now) } ?? now
        return max(.zero, until - from)
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    func trimmingWhitespace() -> String {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var view = Substring(self).utf8.drop(while: isBlank)
        while let last = view.last, isBlank(last) { view.removeLast() }
        return String(Substring(view))
    }
}
