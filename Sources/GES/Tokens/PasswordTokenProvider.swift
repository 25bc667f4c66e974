import HTTPClient
import Time

/// Provides IAM tokens for a user and password, scoped to the project; GES accepts no other scope.
///
/// `POST /v3/auth/tokens?nocatalog=true` (IAM API page iam_30_0001). The token is in the response
/// header `X-Subject-Token` and valid for 24 hours. A new token does not invalidate the old one.
struct PasswordTokenProvider: CredentialProvider {
    let domain: String
    let user: String
    let password: SecretSource
    let project: String
    let iam: Endpoint
    let timeout: Duration
    let channel: Channel
    let lease: CredentialLease<Secret>

    init(
        domain: String,
        user: String,
        password: SecretSource,
        project: String,
        iam: Endpoint,
        timeout: Duration,
        channel: Channel
    ) {
        self.domain = domain
        self.user = user
        self.password = password
        self.project = project
        self.iam = iam
        self.timeout = timeout
        self.channel = channel
        lease = CredentialLease(
            LeaseState(
                renewalMargin: .seconds(3_600),
                // Repeated wrong passwords lock the account, for people too.
                refusals: Backoff(first: .seconds(600), maximum: .seconds(7_200)),
                longestPause: channel.longestPause
            ),
            elapsed: channel.clock.elapsed
        )
    }

    func credential() async throws(CredentialsError) -> Credential {
        .token(
            try await lease.value(
                secret: { () throws(SecretError) in try password.read() },
                fetch: { (secret) async throws(GESError) in try await token(password: secret) }
            )
        )
    }

    func accepted(_ credential: Credential) {}

    func rejected(_ credential: Credential, with failure: ServiceFailure) -> Bool {
        guard case .token(let token) = credential else { return false }
        return lease.reject(token)
    }

    private func token(
        password: Secret?
    ) async throws(GESError) -> (value: Secret, life: Duration) {
        do throws(GESError) {
            let token = try await requestToken(password: password)
            channel.observer.tokenRefreshed(expiry: channel.clock.wall() + token.life)
            return token
        } catch {
            channel.observer.tokenRefreshFailed(reason: error.reason)
            throw error
        }
    }

    private func requestToken(
        password: Secret?
    ) async throws(GESError) -> (value: Secret, life: Duration) {
        let request = PasswordTokenRequest(
            domain: domain,
            user: user,
            password: password ?? Secret(""),
            project: project
        )
        let answer = try await channel.send(
            ServiceCall(
                service: .iam,
                operation: "create_token",
                method: .post,
                url: RequestURL(
                    iam,
                    ["v3", "auth", "tokens"],
                    query: [.init("nocatalog", "true")]
                ),
                contentType: "application/json;charset=utf8",
                body: try request.body(),
                secrets: [request.password],
                timeout: timeout
            )
        )
        return try channel.observer.watching(.iam, "create_token") { () throws(GESError) in
            try read(answer)
        }
    }

    private func read(_ answer: ServiceAnswer) throws(GESError) -> (value: Secret, life: Duration) {
        let document = try AnswerReader.document(answer, now: channel.clock.wall())
        guard let token = answer.header("X-Subject-Token"), !token.isEmpty else {
            throw .unexpected("IAM: the response has no X-Subject-Token header")
        }
        let life = CredentialLife.remaining(
            in: WireObject(document)?.object("token"),
            serverDate: answer.header("Date"),
            now: channel.clock.wall()
        )
        return (Secret(token), life)
    }
}
