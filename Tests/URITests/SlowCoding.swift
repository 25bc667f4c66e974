import Foundation

/// Percent-encoding written directly after RFC 3986 with strings, regardless of speed; the fast
/// coders are compared with it.
enum SlowCoding {
    static let unreserved = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    static func encode(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let character = Character(Unicode.Scalar(byte))
            return unreserved.contains(character)
                ? String(character) : String(format: "%%%02X", Int(byte))
        }
        .joined()
    }

    static func encodeForm(_ bytes: [UInt8]) -> String {
        encode(bytes).replacingOccurrences(of: "%20", with: "+")
    }

    /// Foundation's percent-decoding, which refuses the same texts as ours except for `%00`.
    static func decode(_ text: String) -> String? {
        text.contains("%00") ? nil : text.removingPercentEncoding
    }

    /// Splits at each `%` and examines the two characters after it.
    static func decodeLeniently(_ text: String) -> [UInt8] {
        let pieces = text.components(separatedBy: "%")
        return Array(pieces[0].utf8)
            + pieces.dropFirst().flatMap { piece -> [UInt8] in
                let digits = piece.unicodeScalars.prefix(2)
                let areDigits =
                    digits.count == 2
                    && digits.allSatisfy { "0123456789abcdefABCDEF".unicodeScalars.contains($0) }
                guard areDigits,
                    let byte = UInt8(String(String.UnicodeScalarView(digits)), radix: 16)
                else { return Array("%".utf8) + piece.utf8 }
                return [byte] + Array(piece.utf8.dropFirst(2))
            }
    }

    static func decodeForm(_ text: String) -> [[String]]? {
        var items: [[String]] = []
        for pair in text.components(separatedBy: "&") where !pair.isEmpty {
            var parts = pair.components(separatedBy: "=")
            let name = parts.removeFirst()
            let decoded = [name, parts.joined(separator: "=")].map {
                decode($0.replacingOccurrences(of: "+", with: " "))
            }
            guard let name = decoded[0], let value = decoded[1] else { return nil }
            items.append([name, value])
        }
        return items
    }
}
