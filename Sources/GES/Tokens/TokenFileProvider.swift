/// A token in a file that somebody else keeps fresh.
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

    /// Worth repeating only when the file was renewed since it was read.
    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool {
        guard let current = try? token.read() else { return false }
        return credential != .token(current)
    }
}
