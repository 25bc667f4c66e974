/// How the agent authenticates, one case per configuration key under `cloud.credentials`.
package enum Credentials: Sendable {
    /// Signs every request. The data plane is documented to require a token, but a probe only needs
    /// a response, and a refusal is one.
    case accessKey(id: SecretSource, secret: SecretSource)
    /// An IAM token, scoped to the project and renewed before it expires.
    case password(domain: String, user: String, password: SecretSource)
    /// A token that another program keeps up to date.
    case token(SecretSource)
    /// The temporary keys of the agency bound to the ECS server.
    case metadata
}

/// The credential of one request.
enum Credential: Hashable, Sendable {
    case token(Secret)
    case accessKey(AccessKey)
}

/// Provides the credential of each request.
protocol CredentialProvider: Sendable {
    func credential() async throws(CredentialsError) -> Credential

    /// The service accepted the credential.
    func accepted(_ credential: Credential)

    /// The service responded with 401.
    ///
    /// - Returns: whether another credential is or may be available, so that a read can be retried.
    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool
}
