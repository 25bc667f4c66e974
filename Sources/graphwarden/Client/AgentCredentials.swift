import Files
import HTTPClient

/// How a command authenticates to an agent.
enum AgentCredentials: Sendable {
    case none
    case password(user: String, file: String)
    case token(file: String)

    /// The header to send. Reads the file.
    func header() throws(FileError) -> HTTPHeader? {
        switch self {
        case .none: nil
        case .password(let user, let file):
            HTTPHeader(
                "Authorization",
                "Basic " + Self.base64(Array("\(user):\(try Self.secret(file))".utf8))
            )
        case .token(let file): HTTPHeader("Authorization", "Bearer \(try Self.secret(file))")
        }
    }

    /// The content of a file without the line break that editors add.
    private static func secret(_ file: String) throws(FileError) -> String {
        if let refusal = SecretFileAccess.refusal(file) { throw refusal }
        var text = try TextFile.text(file)
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        let isLine = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
        guard isLine else {
            throw FileError(path: file, reason: "must contain one line with only the secret")
        }
        return text
    }

    /// RFC 4648, section 4.
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = 0
            for index in 0..<3 { bits = bits << 8 | Int(group.dropFirst(index).first ?? 0) }
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? "=" : alphabet[bits >> (18 - 6 * index) & 0x3F])
            }
        }
        return text
    }
}
