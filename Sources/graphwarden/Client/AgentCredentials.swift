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
                "Basic " + Base64.encode(Array("\(user):\(try SecretLine.read(file))".utf8))
            )
        case .token(let file): HTTPHeader("Authorization", "Bearer \(try SecretLine.read(file))")
        }
    }
}
