import HTTPClient
import JSON

/// Recognizes the credential of a request in its response: gateways echo tokens and keys, and what
/// is quoted of a response goes to reports that people send around.
struct EchoedSecrets: Sendable {
    private static let headerNames: Set = [
        "x-auth-token", "x-security-token", "x-metadata-token", "authorization",
    ]
    /// A part of a secret of this length is recognized, because gateways may cut what they echo.
    private static let pieceBytes = 8
    static let placeholder = "<secret>"

    private let pieces: Set<UInt64>
    /// Secrets that are shorter than a piece.
    private let short: Set<String>

    init(_ headers: [HTTPHeader]) {
        var pieces: Set<UInt64> = []
        var short: Set<String> = []
        for header in headers where Self.headerNames.contains(header.name.lowercased()) {
            for secret in Self.secrets(of: header) where !secret.isEmpty {
                let found = Self.pieces(of: secret)
                if found.isEmpty { short.insert(secret) }
                pieces.formUnion(found)
            }
        }
        self.pieces = pieces
        self.short = short
    }

    /// Of a signature the access key and the signature itself. The names of headers between them
    /// are no secret.
    private static func secrets(of header: HTTPHeader) -> [String] {
        guard header.isNamed("Authorization") else { return [header.value] }
        return header.value.split { $0 == "," || $0 == " " }.compactMap { part in
            for name in ["Access=", "Signature="] where part.hasPrefix(name) {
                return String(part.dropFirst(name.count))
            }
            return nil
        }
    }

    /// The text, or only that it has a part of a secret.
    func hidden(in text: String) -> String {
        let isSecret =
            short.contains { text.utf8.count < 1_000 && text.contains($0) }
            || Self.pieces(of: text).contains(where: pieces.contains)
        return isSecret ? Self.placeholder : text
    }

    /// With the names of members, which are quoted too.
    func hidden(in value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(hidden(in: text))
        case .array(let elements): .array(elements.map(hidden(in:)))
        case .object(let members):
            .object(members.map { JSONMember(hidden(in: $0.name), hidden(in: $0.value)) })
        default: value
        }
    }

    /// Every run of as many bytes as fit into an integer.
    private static func pieces(of text: String) -> [UInt64] {
        var piece: UInt64 = 0
        var pieces: [UInt64] = []
        for (index, byte) in text.utf8.enumerated() {
            piece = piece << 8 | UInt64(byte)
            if index + 1 >= pieceBytes { pieces.append(piece) }
        }
        return pieces
    }
}
