import Time

/// Why a request could not be sent for lack of credentials.
package enum CredentialsError: Error, Hashable, Sendable {
    /// A secret file cannot be read.
    case secret(SecretError)
    /// The service refused the secret. It is not used again until the pause is over or its file
    /// changes: repeated wrong passwords lock the account, wrong signatures lock the key.
    case rejected(ServiceFailure, nextAttemptIn: Duration)
    /// The service that issues credentials did not respond or returned an error.
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
