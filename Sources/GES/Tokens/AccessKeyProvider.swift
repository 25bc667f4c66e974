import Synchronization

/// Provides a permanent access key from two secret sources. After refusals it withholds the key for
/// a while, so that the agent does not get it locked.
final class AccessKeyProvider: CredentialProvider {
    private let id: SecretSource
    private let secret: SecretSource
    private let elapsed: @Sendable () -> Duration
    private let refusals = Mutex(Refusals())

    private struct Refusals {
        var key: AccessKey?
        var failure: ServiceFailure?
        /// More than five consecutive wrong signatures lock the key for five minutes (API signing
        /// guide, api-sign-0001). Tolerating two leaves room for requests already in flight.
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

    /// Returns true only if the files contain another key by now: an access key cannot be renewed
    /// in any other way.
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
