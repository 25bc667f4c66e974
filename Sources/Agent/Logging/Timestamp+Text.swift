import Remediation
package import Series

extension Timestamp {
    /// RFC 3339 in UTC with milliseconds, such as `2026-11-23T10:00:00.250Z`.
    package var rfc3339Milliseconds: String {
        let seconds = "\(Instant(milliseconds: milliseconds))".dropLast()
        let rest = (milliseconds % 1000 + 1000) % 1000
        let digits = String(rest)
        return seconds + "." + String(repeating: "0", count: 3 - digits.count) + digits + "Z"
    }

    /// RFC 3339 in UTC with as many of three decimals as are needed, as Go writes times.
    package var rfc3339: String {
        var text = rfc3339Milliseconds.dropLast()
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text + "Z"
    }
}
