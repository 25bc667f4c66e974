package import Time

/// An RFC 3339 time as Alertmanager and Prometheus write it, with 0 to 9 fractional digits,
/// truncated to milliseconds. A time without a zone is an error, because its zone would be a guess.
package struct AlertTime: Hashable, Sendable {
    package let instant: Timestamp

    package init?(_ text: String) {
        guard let time = Timestamp(rfc3339: text, maximumFractionDigits: 9) else { return nil }
        instant = time
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
