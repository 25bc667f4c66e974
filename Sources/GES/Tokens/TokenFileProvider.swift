/// Provides a token from a file that another program keeps up to date.
struct TokenFileProvider: CredentialProvider {
    let token: SecretSource

    func credential() async throws(CredentialsError) -> Credential {
        do {
            return .token(try token.read())
        } catch {
            throw .secret(error)
        }
    }

    func accepted(_ credential: Credential) {}

    /// Returns true if the file contains another token by now.
    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool {
        guard let current = try? token.read() else { return false }
        return credential != .token(current)
    }
}
