import Time

/// Why there are no credentials to send a request with.
package enum CredentialsError: Error, Hashable, Sendable {
    /// A file with a secret cannot be read.
    case secret(SecretError)
    /// The service refused the secret. It is not tried again before the time is over or its file
    /// changes: several wrong passwords lock the account, several wrong signatures the key.
    case rejected(ServiceFailure, nextAttemptIn: Duration)
    /// The service that hands out credentials gave none.
    case unavailable(GESError)
}

extension CredentialsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .secret(let error): "credentials: \(error)"
        case .rejected(let failure, let nextAttemptIn):
            "the credentials were refused: \(failure); next attempt in "
                + "\(nextAttemptIn.wholeMilliseconds / 1_000) s or when the file changes"
        case .unavailable(let error): "no credentials: \(error)"
        }
    }
}
