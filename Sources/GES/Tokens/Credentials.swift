/// How the agent proves who it is.
package enum Credentials: Sendable {
    /// Every request is signed. The data plane is documented to want a token; a signed probe that it
    /// refuses is an answer all the same.
    case accessKey(id: SecretSource, secret: SecretSource)
    /// A token of IAM, scoped to the project and renewed in time.
    case password(domain: String, user: String, password: SecretSource)
    /// A token that somebody else keeps fresh.
    case token(SecretSource)
    /// The temporary keys of the agency that the ECS server has.
    case metadata
}

/// What one request is authorised with.
enum Credential: Hashable, Sendable {
    case token(Secret)
    case accessKey(AccessKey)
}

/// Where the credential of the next request comes from.
protocol CredentialProvider: Sendable {
    func credential() async throws(CredentialsError) -> Credential

    /// The service took the credential.
    func accepted(_ credential: Credential)

    /// The service answered 401 to the credential.
    ///
    /// - Returns: whether there is or may be another one, so that a read is worth repeating once.
    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool
}
