// GES owns the wire protocol of the Graph Engine Service: both versions of the management API,
// tokens and signatures (Tokens, Signing), secrets on disk (Secrets), requests to the graphs
// themselves (Probes), and all the shapes in which responses arrive (Wire).
//
// GES must not judge the health of a graph or decide anything. An action such as a restart is sent
// once and its outcome reported, never retried. A read is retried at most once, with another
// credential after a 401. Secrets never appear in errors, logs or descriptions.

package import HTTPClient
import Synchronization
import Time

/// A client of the Graph Engine Service: management plane, graphs, and the services that provide
/// credentials.
package final class GESClient: Sendable {
    let configuration: GESConfiguration
    private let channel: Channel
    /// Graphs get their own connections: a hung graph must not occupy those needed to restart it.
    private let dataPlaneChannel: Channel
    private let dataPlaneHTTP: any HTTPTransport
    /// Cloud Eye gets its own too: its answers are large, and nothing waits for them.
    private let cloudEyeChannel: Channel
    /// As does the monitoring of the nodes of graphs: no probe may wait for it.
    private let monitoringChannel: Channel
    private let provider: any CredentialProvider
    /// The correction applied to signatures: how far the gateway's clock is ahead of ours. Changed
    /// only after a refusal, unlike `newestClockOffset`, which follows every response.
    private let clockOffset = Mutex(Duration.zero)
    private let newestClockOffset = Mutex<Duration?>(nil)

    /// - Parameters:
    ///   - http: for the management plane, IAM and the metadata service.
    ///   - dataPlaneHTTP: for the graphs, whose certificates may need a different CA.
    ///   - cloudEyeHTTP: for Cloud Eye; nil for the same as the management plane.
    ///   - monitoringHTTP: for the metrics of nodes; nil for the same as the graphs.
    package init(
        configuration: GESConfiguration,
        http: any HTTPTransport,
        dataPlaneHTTP: any HTTPTransport,
        cloudEyeHTTP: (any HTTPTransport)? = nil,
        monitoringHTTP: (any HTTPTransport)? = nil,
        observer: any RequestObserver
    ) {
        func channel(_ transport: any HTTPTransport) -> Channel {
            Channel(
                clock: configuration.clock,
                observer: observer,
                limits: configuration.rateLimits,
                maximumWait: configuration.maximumThrottleWait,
                longestPause: configuration.longestPause,
                transport: transport
            )
        }
        self.configuration = configuration
        self.channel = channel(http)
        dataPlaneChannel = channel(dataPlaneHTTP)
        cloudEyeChannel = channel(cloudEyeHTTP ?? http)
        monitoringChannel = channel(monitoringHTTP ?? dataPlaneHTTP)
        self.dataPlaneHTTP = dataPlaneHTTP
        provider = configuration.credentialProvider(channel: self.channel)
    }

    var clock: ClientClock { configuration.clock }
    var observer: any RequestObserver { channel.observer }

    /// How far the gateway's clock was ahead of ours in its latest response, to the second. Low by
    /// the time that the response took to arrive. nil before the first response with a `Date`.
    package var gatewayClockOffset: Duration? { newestClockOffset.withLock { $0 } }

    /// Sends a read to the management plane. Retries once with another credential if the first one
    /// is refused.
    func answer(to call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        let (answer, isWorthRepeating) = try await attempt(call)
        guard isWorthRepeating else { return answer }
        var repeated = call
        repeated.isRepeated = true
        return try await attempt(repeated).answer
    }

    /// Sends an action to the management plane. Never retries.
    func answerToAction(_ call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        try await attempt(call).answer
    }

    /// Sends a request to a graph. A 401 does not invalidate the credential: only the management
    /// plane judges credentials, while any host at a graph's address can respond with 401.
    ///
    /// - Parameter isMonitoring: whether the request uses the connections that no probe needs.
    func dataPlaneAnswer(
        to call: ServiceCall,
        isMonitoring: Bool = false
    ) async throws(GESError) -> ServiceAnswer {
        let headers = headers(for: call, try await credential())
        if call.isAction, let objection = ActionTerms.current?.objection() {
            throw .withdrawn(objection)
        }
        let channel = isMonitoring ? monitoringChannel : dataPlaneChannel
        return try await channel.send(call, authorisation: headers)
    }

    /// Sends a request to Cloud Eye. As with a graph, a 401 does not invalidate the credential: GES
    /// decides whether it is valid, and nothing that acts may depend on Cloud Eye.
    func cloudEyeAnswer(to call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        let headers = headers(for: call, try await credential())
        return try await cloudEyeChannel.send(call, authorisation: headers)
    }

    /// Whether a host accepts connections. Sends a request without credentials and ignores what
    /// comes back.
    ///
    /// - Parameter address: `host:port`.
    package func acceptsConnections(_ address: String, timeout: Duration) async -> Bool {
        let request = HTTPRequest(
            url: "http://\(address)/",
            timeout: timeout,
            maximumResponseBytes: 64 << 10,
            freshConnection: true
        )
        do throws(HTTPError) {
            _ = try await dataPlaneHTTP.send(request)
            return true
        } catch {
            return error.connection == .established
        }
    }

    private func attempt(
        _ call: ServiceCall
    ) async throws(GESError) -> (answer: ServiceAnswer, isWorthRepeating: Bool) {
        let credential = try await credential()
        let headers = headers(for: call, credential)
        if call.isAction, let objection = ActionTerms.current?.objection() {
            throw .withdrawn(objection)
        }
        let answer = try await channel.send(call, authorisation: headers)
        if let offset = offset(of: answer) { newestClockOffset.withLock { $0 = offset } }
        switch answer.status {
        case 401: return (answer, refuse(credential, answer))
        case 200..<300, 400, 403, 404: provider.accepted(credential)
        default: break
        }
        return (answer, false)
    }

    /// Obtains a token or signing key, unless a valid one is known.
    package func obtainCredential() async throws(GESError) {
        _ = try await credential()
    }

    private func credential() async throws(GESError) -> Credential {
        do {
            return try await provider.credential()
        } catch {
            throw .credentials(error)
        }
    }

    /// The authentication headers of a request.
    private func headers(for call: ServiceCall, _ credential: Credential) -> [HTTPHeader] {
        switch credential {
        case .token(let token): return [HTTPHeader("X-Auth-Token", token.revealed)]
        case .accessKey(let key):
            let project = HTTPHeader("X-Project-Id", configuration.projectID)
            let signed =
                (call.contentType.map { [HTTPHeader("Content-Type", $0)] } ?? [])
                + [project]
            let signature = RequestSigner(key: key).headers(
                signing: call.method.rawValue,
                call.url,
                headers: signed.map { ($0.name, $0.value) },
                body: call.body ?? [],
                at: date(of: call) + clockOffset.withLock { $0 }
            )
            return [project] + signature.map { HTTPHeader($0.name, $0.value) }
        }
    }

    private func date(of call: ServiceCall) -> Timestamp {
        call.isAction ? ActionTerms.current?.decidedAt ?? clock.wall() : clock.wall()
    }

    /// Handles a 401. Returns whether a retry may succeed.
    private func refuse(_ credential: Credential, _ answer: ServiceAnswer) -> Bool {
        if case .accessKey = credential, learnClockOffset(from: answer) { return true }
        let error = AnswerReader.failure(of: answer, now: clock.wall())
        guard case .unauthorised(let failure) = error else { return false }
        return provider.rejected(credential, with: failure)
    }

    /// The gateway accepts signatures that are up to 15 minutes off. An offset below one minute is
    /// therefore not the reason for a refusal, and `Date` is only accurate to the second anyway.
    ///
    /// - Returns: whether signatures change, so that a retry may succeed.
    private func learnClockOffset(from answer: ServiceAnswer) -> Bool {
        guard let offset = offset(of: answer) else { return false }
        let isNews = clockOffset.withLock { known in
            guard abs((offset - known).components.seconds) >= 60 else { return false }
            known = offset
            return true
        }
        if isNews { channel.observer.clockOffsetLearned(offset) }
        return isNews
    }

    private func offset(of answer: ServiceAnswer) -> Duration? {
        let now = clock.wall()
        let date = answer.header("Date").flatMap { Timestamp(httpDate: $0, now: now) }
        return date.map { $0 - now }
    }
}

extension GESConfiguration {
    fileprivate func credentialProvider(channel: Channel) -> any CredentialProvider {
        switch credentials {
        case .accessKey(let id, let secret):
            AccessKeyProvider(id: id, secret: secret, elapsed: clock.elapsed)
        case .password(let domain, let user, let password):
            PasswordTokenProvider(
                domain: domain,
                user: user,
                password: password,
                project: projectID,
                iam: endpoints.iam,
                timeout: readTimeout,
                channel: channel
            )
        case .token(let token): TokenFileProvider(token: token)
        case .metadata: MetadataKeyProvider(metadata: endpoints.metadata, channel: channel)
        }
    }
}
