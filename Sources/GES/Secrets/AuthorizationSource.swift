package import HTTPClient
import URI

/// Where the value of a header `Authorization` comes from.
package enum AuthorizationSource: Sendable {
    case bearer(SecretSource)
    /// RFC 7617. The user contains no colon.
    case basic(user: String, password: SecretSource)

    /// Reads the secret, which may have been replaced since the last time.
    package func header() throws(SecretError) -> HTTPHeader {
        switch self {
        case .bearer(let token): HTTPHeader("Authorization", "Bearer \(try token.read().revealed)")
        case .basic(let user, let password):
            HTTPHeader(
                "Authorization",
                "Basic " + Base64.encode(Array("\(user):\(try password.read().revealed)".utf8))
            )
        }
    }
}
