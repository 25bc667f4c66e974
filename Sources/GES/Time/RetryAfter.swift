package import Time

/// The `Retry-After` header (RFC 9110, section 10.2.3): a number of seconds or an HTTP date.
package enum RetryAfter {
    /// Returns the pause, never negative, or nil if the value is invalid. A date is taken relative
    /// to the server's own `Date`, so that a wrong local clock does not matter.
    package static func duration(_ value: String, serverDate: String?, now: Timestamp) -> Duration?
    {
        let value = value.trimmingWhitespace()
        var cursor = TextCursor(value)
        if let digits = cursor.digits(), cursor.isAtEnd {
            // More than nine digits exceed 30 years and may overflow.
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
