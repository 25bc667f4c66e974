import GESSimulator
package import HTTPClient
import VirtualTime

/// What a real client reports for each reply of the cloud.
///
/// The request arrives at once, and the answer is available after the latency. So a request that
/// the client abandons, at its timeout or because its task is cancelled, has been carried out: the
/// worst case of a network.
extension InProcessCloud: HTTPTransport {
    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        guard !Task.isCancelled else { throw .cancelled(sent: false) }
        let target = try ClientTarget(request.url)
        let entrance = try entrance(of: target)
        let exchange = ClientExchange(request, time, latency: latency(of: entrance))
        if let error = connectError(target, entrance) {
            try await exchange.wait(.zero, sent: false)
            throw error
        }
        let cloudRequest = CloudRequest(request, target, at: entrance)
        let reply = try await reply(to: cloudRequest, target, exchange)
        guard entrance == .management, target.isOfGES else {
            return try await exchange.receive(reply)
        }
        noteExchange { $0.token = request.headers.first(named: "X-Auth-Token") }
        let response = try await exchange.receive(reply)
        noteExchange { $0.answers += 1 }
        return response
    }

    private func reply(
        to request: CloudRequest,
        _ target: ClientTarget,
        _ exchange: ClientExchange
    ) async throws(HTTPError) -> CloudReply {
        let fault = cloud.withCloud { cloud, now in
            cloud.connectionFault(for: request, port: target.port, at: now)
        }
        switch fault {
        case .timeout: try await exchange.failToConnect()
        case .refused:
            try await exchange.wait(.zero, sent: false)
            throw .refused
        case .silent: return .never
        case nil: break
        }
        return cloud.withCloud { cloud, now in cloud.handle(request, at: now) }
    }

    /// The address that name resolution and routing would select.
    private func entrance(
        of target: ClientTarget
    ) throws(HTTPError) -> CloudRequest.Entrance {
        let (isKnown, isOther) = withCloud { cloud, _ in
            (cloud.knowsAddress(target.host), cloud.isOtherHost(target.host))
        }
        if isOther { return .dataPlane }
        guard isKnown else {
            throw HTTPError(
                .nameResolution,
                requestMayHaveBeenSent: false,
                message: "no such host: \(target.host)"
            )
        }
        switch target.port {
        case configuration.managementPort: return .management
        case configuration.dataPlanePort: return .dataPlane
        default: throw .refused
        }
    }

    /// Why no request can be sent; nil if one can.
    private func connectError(
        _ target: ClientTarget,
        _ entrance: CloudRequest.Entrance
    ) -> HTTPError? {
        let (isClosed, certificate) = withCloud { cloud, now in
            (cloud.refusalRemaining(at: now) != nil, cloud.certificate)
        }
        if isClosed { return .refused }
        guard target.isSecure else {
            // A server that expects TLS closes the connection on anything else.
            return configuration.speaksTLS ? .cut : nil
        }
        guard configuration.speaksTLS, certificate == .good else {
            return HTTPError(
                .tls,
                requestMayHaveBeenSent: false,
                message: "the certificate is not trusted"
            )
        }
        return nil
    }
}

/// One request as the client sees it, with its remaining time.
private struct ClientExchange {
    let request: HTTPRequest
    let time: VirtualTime
    let start: Duration
    let latency: Duration

    init(_ request: HTTPRequest, _ time: VirtualTime, latency: Duration) {
        self.request = request
        self.time = time
        self.latency = latency
        start = time.now
    }

    func receive(_ reply: CloudReply) async throws(HTTPError) -> HTTPResponse {
        switch reply {
        case .answer(let answer): return try await response(answer, after: .zero)
        case .late(let answer, let delay): return try await response(answer, after: delay)
        case .never:
            try await wait(request.timeout, sent: true)
            throw .timeout(sent: true)
        case .close:
            try await wait(.zero, sent: true)
            throw .cut
        case .drip(let answer, let bytesPerSecond):
            let seconds = Duration.seconds(1) * answer.bytes.count / max(1, bytesPerSecond)
            return try await response(answer, after: seconds)
        case .cut(let answer, let bodyBytes):
            let response = try await response(answer, after: .zero)
            guard bodyBytes >= response.body.count else { throw .cut }
            return response
        }
    }

    private func response(
        _ answer: CloudAnswer,
        after delay: Duration
    ) async throws(HTTPError) -> HTTPResponse {
        try await wait(delay, sent: true)
        var headers = answer.headers.map { HTTPHeader($0.name, $0.value) }
        let body: [UInt8]
        if case .gzipBomb(let count) = answer.body {
            guard count <= request.maximumResponseBytes else { throw .tooLarge(request) }
            body = [UInt8](repeating: UInt8(ascii: " "), count: max(1, count - 2)) + "{}".utf8
        } else {
            body = answer.bytes
            guard body.count <= request.maximumResponseBytes else { throw .tooLarge(request) }
        }
        if let contentType = answer.contentType {
            headers.append(HTTPHeader("Content-Type", contentType))
        }
        return HTTPResponse(
            status: answer.status,
            headers: headers,
            body: body,
            duration: time.now - start,
            newConnections: request.freshConnection ? 1 : 0
        )
    }

    /// Waits for a connection that is never established.
    func failToConnect() async throws(HTTPError) {
        do {
            try await time.sleep(for: request.timeout)
        } catch {
            throw .cancelled(sent: false)
        }
        throw .timeout(sent: false)
    }

    /// Waits for the latency and the delay, up to the request's timeout.
    func wait(_ delay: Duration, sent: Bool) async throws(HTTPError) {
        let whole = latency + delay
        guard whole > .zero else { return }
        do {
            try await time.sleep(for: min(whole, request.timeout))
        } catch {
            throw .cancelled(sent: sent)
        }
        if whole >= request.timeout { throw .timeout(sent: sent) }
    }
}

/// A parsed URL, limited to the forms that the client builds.
private struct ClientTarget {
    let isSecure: Bool
    let host: String
    let port: Int
    /// Host and, if the URL has one, port: the value of the `Host` header.
    let authority: Substring
    /// Path and query, as sent.
    let pathAndQuery: Substring

    /// On the management port, which also serves IAM and the metadata service.
    var isOfGES: Bool { pathAndQuery.hasPrefix("/v2/") || pathAndQuery.hasPrefix("/v1.0/") }

    init(_ url: String) throws(HTTPError) {
        guard let scheme = url.firstRange(of: "://") else { throw .notAbsolute }
        isSecure = url[..<scheme.lowerBound] == "https"
        let rest = url[scheme.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        authority = rest[..<end]
        pathAndQuery = end == rest.endIndex ? "/" : rest[end...]
        if let colon = authority.lastIndex(of: ":"), let port = Int(authority[colon...].dropFirst())
        {
            host = String(authority[..<colon])
            self.port = port
        } else {
            host = String(authority)
            port = isSecure ? 443 : 80
        }
    }
}

extension CloudRequest {
    fileprivate init(_ request: HTTPRequest, _ target: ClientTarget, at entrance: Entrance) {
        self.init(
            request.method.rawValue,
            target: target.pathAndQuery,
            headers: [("Host", String(target.authority))]
                + request.headers.map { ($0.name, $0.value) },
            body: request.body ?? [],
            entrance: entrance
        )
    }
}

extension HTTPError {
    static func cancelled(sent: Bool) -> HTTPError {
        HTTPError(.cancelled, requestMayHaveBeenSent: sent, message: "the task was cancelled")
    }

    fileprivate static let refused = HTTPError(
        .connect,
        requestMayHaveBeenSent: false,
        message: "connection refused"
    )

    fileprivate static let cut = HTTPError(
        .cut,
        requestMayHaveBeenSent: true,
        message: "the connection was closed before the answer was complete"
    )

    fileprivate static func timeout(sent: Bool) -> HTTPError {
        HTTPError(
            .timeout,
            requestMayHaveBeenSent: sent,
            message: "no answer within the time limit"
        )
    }

    fileprivate static func tooLarge(_ request: HTTPRequest) -> HTTPError {
        HTTPError(
            .responseTooLarge,
            requestMayHaveBeenSent: true,
            message: "the body is larger than \(request.maximumResponseBytes) bytes"
        )
    }

    fileprivate static let notAbsolute = HTTPError(
        .invalidRequest,
        requestMayHaveBeenSent: false,
        message: "the URL is not absolute"
    )
}
