import Files
import HTTPClient
import URI

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
                "Basic " + Base64.encode(Array("\(user):\(try Self.secret(file))".utf8))
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
}
