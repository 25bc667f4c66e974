import HTTPClient
import Time

/// Provides the temporary keys of the agency bound to the ECS server.
///
/// Follows `core/auth/internal.py` in the official SDK: get a metadata token if the server supports
/// it, then the keys. The keys are valid for 24 hours and the service replaces them 6 hours before
/// they expire. They are read so rarely that the metadata token is not cached.
struct MetadataKeyProvider: CredentialProvider {
    private static let timeout = Duration.seconds(3)

    let metadata: Endpoint
    let channel: Channel
    let lease: CredentialLease<AccessKey>

    init(metadata: Endpoint, channel: Channel) {
        self.metadata = metadata
        self.channel = channel
        lease = CredentialLease(
            LeaseState(
                renewalMargin: .seconds(2_400),
                // No secret is involved that could get locked: a short pause is enough.
                refusals: Backoff(first: .seconds(60), maximum: .seconds(600)),
                longestPause: channel.longestPause
            ),
            elapsed: channel.clock.elapsed
        )
    }

    func credential() async throws(CredentialsError) -> Credential {
        .accessKey(
            try await lease.value(
                secret: { () throws(SecretError) in nil },
                fetch: { (_) async throws(GESError) in try await observedKey() }
            )
        )
    }

    func accepted(_ credential: Credential) {}

    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool {
        guard case .accessKey(let key) = credential else { return false }
        return lease.reject(key)
    }

    private func observedKey() async throws(GESError) -> (value: AccessKey, life: Duration) {
        do throws(GESError) {
            let key = try await key()
            channel.observer.tokenRefreshed(expiry: channel.clock.wall() + key.life)
            return key
        } catch {
            channel.observer.tokenRefreshFailed(reason: error.reason)
            throw error
        }
    }

    private func key() async throws(GESError) -> (value: AccessKey, life: Duration) {
        let token = try await metadataToken()
        let answer = try await channel.send(
            ServiceCall(
                service: .metadata,
                operation: "get_security_key",
                method: .get,
                url: RequestURL(metadata, ["openstack", "latest", "securitykey"]),
                headers: token.map { [HTTPHeader("X-Metadata-Token", $0.revealed)] } ?? [],
                timeout: Self.timeout
            )
        )
        let document = try AnswerReader.document(answer, now: channel.clock.wall())
        guard let object = WireObject(document)?.object("credential", "credentials"),
            let id = object.text("access", "accessKeyId", "access_key_id"),
            let secret = object.text("secret", "secretAccessKey", "secret_access_key"),
            let securityToken = object.text("securitytoken", "securityToken", "security_token")
        else {
            throw .unexpected(
                "the metadata service returned no keys; bind a cloud service agency to the server"
            )
        }
        let life = CredentialLife.remaining(
            in: object,
            serverDate: answer.header("Date"),
            now: channel.clock.wall()
        )
        let key = AccessKey(
            id: id,
            secret: Secret(secret),
            securityToken: Secret(securityToken)
        )
        return (key, life)
    }

    /// nil if the metadata service does not support tokens.
    private func metadataToken() async throws(GESError) -> Secret? {
        let answer = try await channel.send(
            ServiceCall(
                service: .metadata,
                operation: "create_metadata_token",
                method: .put,
                url: RequestURL(metadata, ["meta-data", "latest", "api", "token"]),
                headers: [HTTPHeader("X-Metadata-Token-Ttl-Seconds", "21600")],
                body: [],
                timeout: Self.timeout
            )
        )
        switch answer.status {
        case 200:
            let text = String(decoding: answer.body, as: UTF8.self).trimmingWhitespace()
            return text.isEmpty ? nil : Secret(text)
        case 404, 405, 503: return nil
        default: throw AnswerReader.failure(of: answer, now: channel.clock.wall())
        }
    }
}
