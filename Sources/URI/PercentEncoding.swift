/// The percent-encoding of RFC 3986 (section 2.1), for one component of a URI at a time: a segment
/// of the path, or a name or value of the query.
///
/// Encode before joining and split before decoding: once a component is decoded, a `/` or `&` that
/// was data looks like a delimiter. For form bodies and for query strings as HTML forms write them,
/// see ``FormEncoding``: there a space is a `+`.
package enum PercentEncoding {
    package enum DecodingError: Error {
        /// A `%` that two hexadecimal digits do not follow.
        case invalidEscape
        /// NUL, as `%00` or itself. No name of ours contains it, and it ends a string in C (RFC 3986,
        /// section 7.3).
        case containsNUL
        case invalidUTF8
    }

    // MARK: Encoding

    /// Escapes every byte of the UTF-8 form but the unreserved characters `A-Z a-z 0-9 - . _ ~`
    /// (RFC 3986, section 2.3), with upper-case digits. The result is valid in a path segment and
    /// in a query alike.
    package static func encode(_ text: some StringProtocol) -> String {
        encode(bytes: Array(text.utf8))
    }

    package static func encode(bytes: [UInt8]) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        for byte in bytes {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                appendEscape(of: byte, to: &encoded)
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    static func appendEscape(of byte: UInt8, to encoded: inout [UInt8]) {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(upperCaseDigits[Int(byte >> 4)])
        encoded.append(upperCaseDigits[Int(byte & 15)])
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    // MARK: Decoding

    /// The component that was encoded. Characters that need no escape may be escaped, in either
    /// case of the digits, and others may stand unescaped.
    package static func decode(_ text: some StringProtocol) throws(DecodingError) -> String {
        try decode(Array(text.utf8), plusIsSpace: false)
    }

    static func decode(_ text: [UInt8], plusIsSpace: Bool) throws(DecodingError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let escaped = escapedByte(rest) else { throw .invalidEscape }
                guard escaped != 0 else { throw .containsNUL }
                decoded.append(escaped)
                rest = rest.dropFirst(2)
            case 0: throw .containsNUL
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            default: decoded.append(byte)
            }
        }
        guard let result = String(validating: decoded, as: UTF8.self) else { throw .invalidUTF8 }
        return result
    }

    /// Decodes what can be decoded: a `%` that two hexadecimal digits do not follow stays, and the
    /// bytes need not be UTF-8. Request signing needs this: both sides of a signature must read a
    /// path alike, even one that is not properly encoded.
    package static func decodeLeniently(_ text: some StringProtocol) -> [UInt8] {
        let text = Array(text.utf8)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let escaped = escapedByte(rest) {
                decoded.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// The byte whose two digits the text begins with.
    private static func escapedByte(_ text: ArraySlice<UInt8>) -> UInt8? {
        let digits = text.prefix(2).compactMap(digitValue)
        return digits.count == 2 ? digits[0] << 4 | digits[1] : nil
    }

    private static let upperCaseDigits = Array("0123456789ABCDEF".utf8)

    private static func digitValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
