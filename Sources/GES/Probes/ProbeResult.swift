import HTTPClient
import JSON

/// The cheap requests that show whether a graph responds (GES API, service plane).
package enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    /// The cheapest request.
    case version
    /// Counts vertices and edges, which exercises the engine.
    case summary
}

/// The result of a probe. Only `failed` is evidence against the graph; in doubt the result is
/// `notProbed`.
package enum ProbeResult: Hashable, Sendable {
    /// The graph responded. Errors count too: a graph that refuses a token, lacks a permission or
    /// does not know a name is alive.
    case answered(ProbeAnswer)
    /// The graph did not respond in time, or its front end reported that the engine is down.
    case failed(ProbeFailure, duration: Duration)
    /// The graph's state is unknown: no address, no credentials, an untrusted certificate, a server
    /// that does not speak HTTP, or limits of this process. None of these is the graph's fault.
    case notProbed(reason: String)
}

/// How a probe failed. The raw values are those of the metric label `reason`.
package enum ProbeFailure: String, Hashable, Sendable, CaseIterable {
    /// The connection was not established in time.
    case connect
    /// The connection was established, but no response arrived in time.
    case timeout
    /// The connection was closed before the response.
    case cut
    /// The graph's front end responded for an engine that is down.
    case engine
    case serverError = "http_5xx"

    /// Whether a server at the address accepted the request, even if it never responded.
    package var reachedGraph: Bool { self != .connect }
}

/// The response of a graph to a probe.
package struct ProbeAnswer: Hashable, Sendable {
    package let duration: Duration
    /// nil if the response was too large.
    package let httpStatus: Int?
    /// The error code if the response is an error.
    package let code: String?
    /// Only from a successful `summary`.
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
    /// The front end's codes for an engine that does not respond (GES service plane error codes).
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
        // Nothing was sent, so the time was spent on connecting.
        case .timeout where !cause.requestMayHaveBeenSent:
            self = .failed(.connect, duration: duration)
        case .timeout: self = .failed(.timeout, duration: duration)
        case .connect: self = .failed(.connect, duration: duration)
        case .cut: self = .failed(.cut, duration: duration)
        // A graph that sends too much is alive.
        case .responseTooLarge:
            self = .answered(
                ProbeAnswer(duration: duration, httpStatus: nil)
            )
        // Either the server is not what the configuration expects, or nothing was sent.
        case .tls, .protocolViolation, .nameResolution, .cancelled, .shutDown, .invalidRequest,
            .queueFull, .other:
            self = .notProbed(reason: cause.reason)
        }
    }
}
