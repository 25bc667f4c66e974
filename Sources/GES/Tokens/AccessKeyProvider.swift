import Synchronization

/// A permanent key pair from two files.
final class AccessKeyProvider: CredentialProvider {
    private let id: SecretSource
    private let secret: SecretSource
    private let elapsed: @Sendable () -> Duration
    private let refusals = Mutex(Refusals())

    private struct Refusals {
        var key: AccessKey?
        var failure: ServiceFailure?
        /// More than five wrong signatures in a row block the key for five minutes (API signing guide,
        /// api-sign-0001); two of them leave room for requests that were already on their way.
        var backoff = Backoff(tolerated: 2, first: .seconds(60), maximum: .seconds(600))
    }

    init(id: SecretSource, secret: SecretSource, elapsed: @escaping @Sendable () -> Duration) {
        self.id = id
        self.secret = secret
        self.elapsed = elapsed
    }

    func credential() async throws(CredentialsError) -> Credential {
        let key: AccessKey
        do {
            key = AccessKey(
                id: try id.read().revealed,
                secret: try secret.read(),
                securityToken: nil
            )
        } catch {
            throw .secret(error)
        }
        let refusal = refusals.withLock { refusals -> CredentialsError? in
            guard refusals.key == key, let failure = refusals.failure,
                let rest = refusals.backoff.remaining(at: elapsed())
            else { return nil }
            return .rejected(failure, nextAttemptIn: rest)
        }
        if let refusal { throw refusal }
        return .accessKey(key)
    }

    func accepted(_ credential: Credential) {
        refusals.withLock { $0 = Refusals() }
    }

    /// A key pair has no successor but in its files, which are read for every request anyway.
    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool {
        guard case .accessKey(let key) = credential else { return false }
        refusals.withLock { refusals in
            if refusals.key != key {
                refusals = Refusals()
                refusals.key = key
            }
            refusals.failure = failure
            refusals.backoff.failed(at: elapsed())
        }
        let current = try? AccessKey(
            id: id.read().revealed,
            secret: secret.read(),
            securityToken: nil
        )
        return current != nil && current != key
    }
}
