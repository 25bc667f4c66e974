package import Time

/// A time of RFC 3339 as Alertmanager and Prometheus write it, with 0 to 9 digits after the second.
/// What is finer than a millisecond is cut off. A time without a zone is refused: it would be a
/// guess.
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
