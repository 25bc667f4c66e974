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
}
