import Series

/// Durations as the language writes them: `1h30m`, units from the biggest to the smallest, each at
/// most once (Prometheus common/model/time.go).
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// What a Go time.Duration holds: about 292 years, in milliseconds.
    static let maximumMilliseconds = Int64.max / 1_000_000

    struct Failure: Error {
        let message: String
    }

    static func milliseconds(of text: String) throws(Failure) -> Int64 {
        let malformed = Failure(
            message: "not a valid duration string: \(text.quotedForPromQL)"
        )
        var rest = Substring(text)
        var nextUnit = 0
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(digits.count)
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest.removeFirst(name.count)
            guard !digits.isEmpty, !name.isEmpty else { throw malformed }
            guard let unit = units.firstIndex(where: { $0.name == name }) else {
                throw Failure(
                    message: "unknown unit \(String(name).quotedForPromQL) in duration "
                        + text.quotedForPromQL
                )
            }
            guard unit >= nextUnit else { throw malformed }
            nextUnit = unit + 1
            guard let count = Int64(digits) else { throw malformed }
            let (part, overflow) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, carry) = total.addingReportingOverflow(part)
            guard !overflow, !carry, sum <= maximumMilliseconds else {
                throw Failure(message: "duration out of range")
            }
            total = sum
        }
        return total
    }

    /// Years and weeks are used only when they leave nothing over: 90d reads better than 12w6d.
    static func text(milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for (name, size) in units {
            let size = UInt64(size)
            if name == "y" || name == "w", rest % size != 0 { continue }
            guard rest >= size else { continue }
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text
    }
}
