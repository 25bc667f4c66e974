import URI

/// The SHA-256 of the public key of a certificate (its SubjectPublicKeyInfo in DER).
///
/// The key, because that is what libcurl can pin before it sends anything; it also stays the same
/// when a certificate is renewed with the same key.
package struct PublicKeyFingerprint: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Accepts 64 hexadecimal digits, with or without a colon between bytes.
    package init?(_ text: String) {
        let digits =
            text.contains(":")
            ? text.split(separator: ":", omittingEmptySubsequences: false)
            : text.utf8.count == 64
                ? stride(from: 0, to: 64, by: 2).map { offset in
                    let start = text.utf8.index(text.startIndex, offsetBy: offset)
                    return text[start..<text.utf8.index(start, offsetBy: 2)]
                } : []
        let bytes = digits.compactMap { digit -> UInt8? in
            // `UInt8` would accept a sign.
            guard digit.utf8.count == 2, digit.allSatisfy(\.isHexDigit) else { return nil }
            return UInt8(digit, radix: 16)
        }
        guard bytes.count == 32, digits.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// As libcurl takes it (RFC 4648, 4).
    package var base64: String { Base64.encode(bytes) }
}
