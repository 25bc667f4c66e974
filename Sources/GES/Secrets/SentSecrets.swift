package import HTTPClient
import JSON

/// The secrets that a request carried. They are hidden in everything quoted from its response,
/// because gateways echo tokens, keys and even request bodies in their error messages.
package struct SentSecrets: Sendable {
    /// Headers whose values are or contain secrets.
    private static let headerNames: Set = [
        "x-auth-token", "x-security-token", "x-metadata-token", "authorization",
    ]
    /// Any substring of a secret of this length is hidden, because gateways may truncate what they
    /// echo. A shorter secret is hidden as a whole. At most 8: pieces are compared as UInt64.
    private static let pieceBytes = 8
    /// Longer texts are cut before the search. Far more than is ever displayed.
    private static let textBytesMaximum = 32 << 10

    private let headers: [HTTPHeader]
    private let others: [Secret]

    static let none = SentSecrets(headers: [], others: [])

    package init(headers: [HTTPHeader], others: [Secret]) {
        self.headers = headers.filter { Self.headerNames.contains($0.name.lowercased()) }
        self.others = others
    }

    /// Replaces every piece of a secret in the text with `<secret>`.
    package func hidden(in text: String) -> String {
        let secrets = values
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8.prefix(Self.textBytesMaximum))
        var isSecret = [Bool](repeating: false, count: bytes.count)
        for secret in secrets { Self.mark(secret, in: bytes, &isSecret) }
        guard isSecret.contains(true) else { return String(decoding: bytes, as: UTF8.self) }
        return Self.replacing(isSecret, in: bytes)
    }

    /// The secrets as sent, and with JSON escapes, as an echoed request body would contain them.
    private var values: [[UInt8]] {
        var values = others.map { Array($0.revealed.utf8) }
        for header in headers {
            if header.name.lowercased() == "authorization" {
                values += Self.parts(ofAuthorization: header.value)
            } else {
                values.append(Array(header.value.utf8))
            }
        }
        let escaped = others.compactMap { secret -> [UInt8]? in
            let text = try? JSONValue.string(secret.revealed).serialized()
            return text.map { Array($0.dropFirst().dropLast()) }
        }
        return (values + escaped).filter { !$0.isEmpty }
    }

    /// Access key and signature of `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`. The
    /// header names between them are not secret and help in error messages.
    private static func parts(ofAuthorization value: String) -> [[UInt8]] {
        value.split(whereSeparator: { $0 == "," || $0 == " " }).compactMap { part in
            for name in ["Access=", "Signature="] where part.hasPrefix(name) {
                return Array(part.utf8.dropFirst(name.utf8.count))
            }
            return nil
        }
    }

    /// Linear in the length of the text, so that a hostile response cannot slow the client down.
    private static func mark(_ secret: [UInt8], in text: [UInt8], _ isSecret: inout [Bool]) {
        let length = min(pieceBytes, secret.count)
        let pieces = Set(pieces(of: secret, length: length).map(\.piece))
        for (start, piece) in Self.pieces(of: text, length: length) where pieces.contains(piece) {
            for index in start..<start + length { isSecret[index] = true }
        }
    }

    /// All substrings of `length` bytes (1 to 8), each packed into an integer.
    private static func pieces(
        of bytes: [UInt8],
        length: Int
    ) -> [(start: Int, piece: UInt64)] {
        let mask = UInt64.max >> UInt64(64 - 8 * length)
        var piece: UInt64 = 0
        var pieces: [(start: Int, piece: UInt64)] = []
        for (index, byte) in bytes.enumerated() {
            piece = (piece << 8 | UInt64(byte)) & mask
            if index + 1 >= length { pieces.append((index + 1 - length, piece)) }
        }
        return pieces
    }

    private static func replacing(_ isSecret: [Bool], in bytes: [UInt8]) -> String {
        var shown: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if !isSecret[index] {
                shown.append(byte)
            } else if index == 0 || !isSecret[index - 1] {
                shown.append(contentsOf: "\(Secret(""))".utf8)
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }
}
