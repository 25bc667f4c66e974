/// `application/x-www-form-urlencoded`: the bodies of HTML forms, and the query strings that
/// browsers, Prometheus and its clients send. Percent-encoding in which a space is a `+`.
package enum FormEncoding {
    package struct Item: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Escapes as Go's `url.QueryEscape` does, so Prometheus' links come out byte for byte. The
    /// serializer of the WHATWG's URL standard differs in two characters (it escapes `~` and leaves
    /// `*`); decoders read both alike.
    package static func encode(_ text: some StringProtocol) -> String {
        var encoded: [UInt8] = []
        for byte in Array(text.utf8) {
            if byte == UInt8(ascii: " ") {
                encoded.append(UInt8(ascii: "+"))
            } else if PercentEncoding.isUnreserved(byte) {
                encoded.append(byte)
            } else {
                PercentEncoding.appendEscape(of: byte, to: &encoded)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    package static func encode(_ items: [Item]) -> String {
        items.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// A name without `=` has an empty value; nothing between two `&` is no item. Stricter than the
    /// WHATWG's parser, which keeps what it cannot decode: like Go's, it refuses a broken escape.
    package static func decode(
        _ text: some StringProtocol
    ) throws(PercentEncoding.DecodingError) -> [Item] {
        var items: [Item] = []
        for pair in Array(text.utf8).split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let value = pair.dropFirst(name.count + 1)
            items.append(
                Item(
                    try PercentEncoding.decode(Array(name), plusIsSpace: true),
                    try PercentEncoding.decode(Array(value), plusIsSpace: true)
                )
            )
        }
        return items
    }
}
