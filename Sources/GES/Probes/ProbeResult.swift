import HTTPClient
import JSON

/// The cheap questions to a graph (GES API, service plane).
package enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    /// The cheapest.
    case version
    /// Counts vertices and edges, so the engine has to work.
    case summary
}

/// Whether a graph answers.
package enum ProbeResult: Hashable, Sendable {
    /// It does. An error is an answer too: a refused token, a missing permission and an unknown name
    /// are said by a graph that lives.
    case answered(ProbeAnswer)
    /// It does not: no connection, no answer in time, or one that says that its engine does not work.
    case failed(ProbeFailure, duration: Duration)
    /// Nothing is known about it: no address, no credentials, a certificate that is not trusted,
    /// something that speaks no HTTP, our own limits. None of this is the graph's fault.
    case notProbed(reason: String)
}

/// How a graph did not answer. The raw values are those of the metric label `reason`.
package enum ProbeFailure: String, Hashable, Sendable, CaseIterable {
    /// Nothing at the address took the connection in time.
    case connect
    /// The connection stood, and then nothing came until the time was up.
    case timeout
    /// The connection was closed before there was an answer.
    case cut
    /// The front of the graph answers for an engine that does not work.
    case engine
    case serverError = "http_5xx"

    /// Whether something at the address took the request, even if it never answered.
    package var reachedGraph: Bool { self != .connect }
}

package struct ProbeAnswer: Hashable, Sendable {
    package let duration: Duration
    /// Nil when the answer was too large to be kept.
    package let httpStatus: Int?
    /// The error code, when the answer was an error.
    package let code: String?
    /// Of a summary that succeeded.
    package let vertices: Int64?
    package let edges: Int64?

    package init(
        duration: Duration,
        httpStatus: Int?,
        code: String? = nil,
        vertices: Int64? = nil,
        edges: Int64? = nil
    ) {
        self.duration = duration
        self.httpStatus = httpStatus
        self.code = code
        self.vertices = vertices
        self.edges = edges
    }
}

extension ProbeResult {
    /// The front of the graph answers for an engine that does not (GES service plane error codes).
    private static let engineFailureCodes: Set = ["GES.8601", "GES.8602"]

    init(_ answer: ServiceAnswer, duration: Duration) {
        let document = try? JSONValue.parse(answer.body)
        let code = document.flatMap { ErrorBody($0, hiding: answer.sent) }?.code
        if let code, Self.engineFailureCodes.contains(code) {
            self = .failed(.engine, duration: duration)
        } else if answer.status >= 500 {
            self = .failed(.serverError, duration: duration)
        } else {
            let counts = WireObject(document?["data"])
            self = .answered(
                ProbeAnswer(
                    duration: duration,
                    httpStatus: answer.status,
                    code: code,
                    vertices: counts?.integer("vertexNum"),
                    edges: counts?.integer("edgeNum")
                )
            )
        }
    }

    init(failure error: GESError, duration: Duration) {
        guard case .http(let cause) = error else {
            self = .notProbed(reason: error.reason)
            return
        }
        switch cause.kind {
        // Time that ran out before anything was sent was spent on reaching the address.
        case .timeout where !cause.requestMayHaveBeenSent:
            self = .failed(.connect, duration: duration)
        case .timeout: self = .failed(.timeout, duration: duration)
        case .connect: self = .failed(.connect, duration: duration)
        case .cut: self = .failed(.cut, duration: duration)
        case .responseTooLarge:
            self = .answered(
                ProbeAnswer(duration: duration, httpStatus: nil)
            )
        // Something answers there, but not as the configuration expects; or we did not ask.
        case .tls, .protocolViolation, .nameResolution, .cancelled, .shutDown, .invalidRequest,
            .queueFull, .other:
            self = .notProbed(reason: cause.reason)
        }
    }
}
