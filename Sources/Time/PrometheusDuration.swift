/// Durations in Prometheus' syntax: `1y2w3d4h5m6s7ms`, each unit at most once, largest first; no
/// sign, fraction or space. A year is always 365 days (prometheus/common, model/time.go).
package enum PrometheusDuration {
    /// Reasons to reject a duration. The descriptions are Prometheus' messages, byte for byte.
    package enum ParseError: Error, Hashable {
        case empty
        case malformed(String)
        case unknownUnit(String, in: String)
        /// The number before a unit does not fit into 63 bits.
        case numberOutOfRange(in: String)
        /// The duration exceeds `maximum`.
        case outOfRange
    }

    /// The range of Go's `time.Duration`, 64 bits of nanoseconds: about 292 years.
    package static let maximum = Duration.milliseconds(maximumMilliseconds)

    private static let maximumMilliseconds = Int64.max / 1_000_000

    package enum Unit: String, CaseIterable {
        case year = "y"
        case week = "w"
        case day = "d"
        case hour = "h"
        case minute = "m"
        case second = "s"
        case millisecond = "ms"

        fileprivate var milliseconds: Int64 {
            switch self {
            case .year: 365 * 86_400_000
            case .week: 7 * 86_400_000
            case .day: 86_400_000
            case .hour: 3_600_000
            case .minute: 60_000
            case .second: 1000
            case .millisecond: 1
            }
        }
    }

    package static func parse(_ text: String) throws(ParseError) -> Duration {
        guard !text.isEmpty else { throw .empty }
        guard text != "0" else { return .zero }
        var rest = Substring(text)
        var smallerUnits = Unit.allCases[...]
        var milliseconds: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            let name = rest.prefix { !($0.isASCII && $0.isNumber) }
            rest = rest[name.endIndex...]
            guard !digits.isEmpty, !name.isEmpty else { throw .malformed(text) }
            guard let unit = Unit(rawValue: String(name)) else {
                throw .unknownUnit(String(name), in: text)
            }
            guard let index = smallerUnits.firstIndex(of: unit) else { throw .malformed(text) }
            smallerUnits = smallerUnits[(index + 1)...]
            guard let count = Int64(digits) else { throw .numberOutOfRange(in: text) }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow, product <= maximumMilliseconds - milliseconds else {
                throw .outOfRange
            }
            milliseconds += product
        }
        return .milliseconds(milliseconds)
    }

    /// The shortest exact form: `1h30m`, `90d`, `0s`. Years and weeks are used only without a
    /// remainder, because 90d reads better than 12w6d. Fractions of a millisecond are dropped. A
    /// negative duration, which `parse` rejects, gets a sign.
    package static func format(_ duration: Duration, largestUnit: Unit = .year) -> String {
        let milliseconds = duration.wholeMilliseconds
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for unit in Unit.allCases.drop(while: { $0 != largestUnit }) {
            let (count, remainder) = rest.quotientAndRemainder(
                dividingBy: UInt64(unit.milliseconds)
            )
            guard count > 0, remainder == 0 || (unit != .year && unit != .week) else { continue }
            text += "\(count)\(unit.rawValue)"
            rest = remainder
        }
        return text
    }
}

extension PrometheusDuration.ParseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "empty duration string"
        case .malformed(let text): "not a valid duration string: \(quoted(text))"
        case .unknownUnit(let unit, let text):
            "unknown unit \(quoted(unit)) in duration \(quoted(text))"
        case .numberOutOfRange, .outOfRange: "duration out of range"
        }
    }
}

/// Escaped and truncated to a length that a message can hold.
private func quoted(_ text: String) -> String {
    let limit = 80
    let scalars = text.unicodeScalars
    let escaped = scalars.prefix(limit).map { $0.escaped(asASCII: false) }.joined()
    return "\"\(escaped)\(scalars.count > limit ? "..." : "")\""
}

extension Duration {
    /// In Prometheus' syntax with days as the largest unit, so that a value configured as `7d` is
    /// shown as `7d` and not as `1w`.
    package var text: String { PrometheusDuration.format(self, largestUnit: .day) }
}
