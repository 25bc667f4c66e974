/// Durations as Prometheus writes them: `1y2w3d4h5m6s7ms`, each unit at most once, largest first;
/// no sign, fraction or space. A year is 365 days (prometheus/common, model/time.go).
package enum PrometheusDuration {
    package enum ParseError: Error, Hashable, CustomStringConvertible {
        case empty
        case malformed(String)
        case unknownUnit(String, in: String)
        case outOfRange

        package var description: String {
            switch self {
            case .empty: "empty duration string"
            case .malformed(let text): "not a valid duration string: \(quoted(text))"
            case .unknownUnit(let unit, let text):
                "unknown unit \(quoted(unit)) in duration \(quoted(text))"
            case .outOfRange: "duration out of range"
            }
        }
    }

    /// What fits into 64 bits of nanoseconds, about 292 years.
    package static let maximum = Duration.milliseconds(Int64.max / 1_000_000)

    /// Largest first; sizes in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    package static func parse(_ text: String) throws(ParseError) -> Duration {
        guard !text.isEmpty else { throw .empty }
        guard text != "0" else { return .zero }
        var rest = Substring(text)
        var smallerUnits = units[...]
        var milliseconds: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let unit = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest = rest[unit.endIndex...]
            guard !digits.isEmpty, !unit.isEmpty else { throw .malformed(text) }
            guard units.contains(where: { $0.name == unit }) else {
                throw .unknownUnit(String(unit), in: text)
            }
            guard let index = smallerUnits.firstIndex(where: { $0.name == unit }) else {
                throw .malformed(text)
            }
            smallerUnits = units[(index + 1)...]
            milliseconds = try add(digits, of: units[index].milliseconds, to: milliseconds)
        }
        return .milliseconds(milliseconds)
    }

    private static func add(
        _ digits: Substring,
        of unit: Int64,
        to sum: Int64
    ) throws(ParseError) -> Int64 {
        guard let count = Int64(digits) else { throw .outOfRange }
        let (product, overflowed) = count.multipliedReportingOverflow(by: unit)
        guard !overflowed, product <= Int64.max / 1_000_000 - sum else { throw .outOfRange }
        return sum + product
    }

    /// The shortest exact form, as Prometheus prints it: `1h30m`, `90d` (years and weeks only if
    /// nothing remains), `0s`. Below one millisecond the value is cut off.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard rest != 0 else { return "0s" }
        var text = rest < 0 ? "-" : ""
        rest = abs(rest)
        for (name, size) in units where rest >= size {
            // 1y1d reads worse than 366d.
            if name == "y" || name == "w", rest % size != 0 { continue }
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text
    }
}
