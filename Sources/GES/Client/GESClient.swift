package import HTTPClient
import Synchronization
import Time

/// Talks to the Graph Engine Service.
///
/// This module owns the wire: both versions of the management interface, tokens and signatures, the
/// questions to the graphs themselves, and every shape in which any of them fails. It holds no opinion
/// about the health of a graph and decides nothing. It sends an action once and tells what is known of
/// its fate; it repeats a read once at most, when a 401 made it get another credential.
package final class GESClient: Sendable {
    let configuration: GESConfiguration
    private let channel: Channel
    /// Graphs get connections of their own: a graph that hangs must not occupy those that are needed to
    /// restart it.
    private let dataPlaneChannel: Channel
    private let provider: any CredentialProvider
    /// How far the gateway's clock is ahead of ours, as far as signatures need it.
    private let clockOffset = Mutex(Duration.zero)
    private let newestClockOffset = Mutex<Duration?>(nil)

    /// - Parameters:
    ///   - http: for the management plane, IAM and the metadata service.
    ///   - dataPlaneHTTP: for the graphs, whose certificates may need an authority of their own.
    package init(
        configuration: GESConfiguration,
        http: any HTTPTransport,
        dataPlaneHTTP: any HTTPTransport,
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
        provider = configuration.credentialProvider(channel: self.channel)
    }

    var clock: ClientClock { configuration.clock }
    var observer: any RequestObserver { channel.observer }

    /// How far the gateway's clock was ahead of ours in its newest answer: to the second, less the
    /// time that the answer took. nil before the first answer that told it.
    package var gatewayClockOffset: Duration? { newestClockOffset.withLock { $0 } }

    /// Sends a read to the management plane, once more with another credential if the first is refused.
    func answer(to call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        let (answer, isWorthRepeating) = try await attempt(call)
        guard isWorthRepeating else { return answer }
        var repeated = call
        repeated.isRepeated = true
        return try await attempt(repeated).answer
    }

    /// Sends an action to the management plane, once.
    func answerToAction(_ call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        try await attempt(call).answer
    }

    /// Asks a graph. What it says about the credential has no consequences: the management plane
    /// judges credentials, and any address can answer 401.
    func dataPlaneAnswer(to call: ServiceCall) async throws(GESError) -> ServiceAnswer {
        try await dataPlaneChannel.send(call, authorisation: headers(for: call, try credential()))
    }

    private func attempt(
        _ call: ServiceCall
    ) async throws(GESError) -> (answer: ServiceAnswer, isWorthRepeating: Bool) {
        let credential = try await credential()
        let answer = try await channel.send(call, authorisation: headers(for: call, credential))
        if let offset = offset(of: answer) { newestClockOffset.withLock { $0 = offset } }
        switch answer.status {
        case 401: return (answer, refuse(credential, answer))
        case 200..<300, 400, 403, 404: provider.accepted(credential)
        default: break
        }
        return (answer, false)
    }

    private func credential() async throws(GESError) -> Credential {
        do {
            return try await provider.credential()
        } catch {
            throw .credentials(error)
        }
    }

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
                at: clock.wall() + clockOffset.withLock { $0 }
            )
            return [project] + signature.map { HTTPHeader($0.name, $0.value) }
        }
    }

    /// - Returns: whether the request is worth sending again.
    private func refuse(_ credential: Credential, _ answer: ServiceAnswer) -> Bool {
        if case .accessKey = credential, learnClockOffset(from: answer) { return true }
        let error = AnswerReader.failure(of: answer, now: clock.wall())
        guard case .unauthorised(let failure) = error else { return false }
        return provider.rejected(credential, with: failure)
    }

    /// The gateway takes signatures that are up to 15 minutes old or early; a minute leaves room for
    /// all that is not the clock's fault.
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
