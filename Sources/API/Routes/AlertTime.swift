import GES
import Remediation
package import Time

/// A time of RFC 3339 as Alertmanager and Prometheus write it: with 0 to 9 digits after the second,
/// and `Z` or an offset. What is finer than a millisecond is cut off.
package struct AlertTime: Hashable, Sendable {
    package let instant: Timestamp

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (20...35).contains(bytes.count), bytes[10] == UInt8(ascii: "T"),
            Self.fractionDigits(bytes) <= 9, Self.hasZone(bytes),
            let time = Timestamp(serviceTimestamp: text)
        else { return nil }
        instant = time
    }

    private static func fractionDigits(_ bytes: [UInt8]) -> Int {
        guard bytes[19] == UInt8(ascii: ".") else { return 0 }
        return bytes[20...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
    }

    /// A time without a zone would be anybody's guess.
    private static func hasZone(_ bytes: [UInt8]) -> Bool {
        if bytes.last == UInt8(ascii: "Z") { return true }
        let sign = bytes[bytes.count - 6]
        return (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"))
            && bytes[bytes.count - 3] == UInt8(ascii: ":")
    }
}

extension AlertTime: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = AlertTime(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "expected a time such as 2026-11-23T08:38:31.312Z"
            )
        }
        self = time
    }
}
