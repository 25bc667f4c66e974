import HTTPClient
import JSON

/// The requests that show whether a graph responds (GES API, service plane). None of them scans the
/// graph.
package enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    /// The cheapest request. The front end of the graph answers it.
    case version
    /// Counts vertices and edges, which exercises the engine.
    case summary
    /// Reads at most one vertex by a Gremlin query.
    case gremlin
    /// Reads at most one vertex by a Cypher query.
    case cypher
}

/// The result of a probe. Only `silent` and `engineError` are evidence against the graph.
package enum ProbeResult: Hashable, Sendable {
    /// A valid result, or an error that only a working engine can give.
    case alive(ProbeAnswer)
    /// The front end responded for an engine that does not work.
    case engineError(ProbeAnswer)
    case silent(Silence, ProbeAnswer)
    /// Something other than the graph, or the agent itself, is in the way.
    case cannotTell(Obstacle, ProbeAnswer)

    package enum Silence: Hashable, Sendable, CaseIterable {
        /// The connection stood, and no response arrived in time.
        case timeout
        /// The connection was closed before the response.
        case cut
        case refused
        /// The connection was not established in time.
        case notConnected
    }

    /// Everything but `alive`, without what came back.
    package enum Failure: Hashable, Sendable {
        case engineError
        case silent(Silence)
        case cannotTell(Obstacle)
    }

    package enum Obstacle: Hashable, Sendable, CaseIterable {
        /// Whatever responds does not know the graph.
        case misdirected
        case credential
        case throttled
        /// The response is not one of GES.
        case foreignAnswer
        /// GES reports an error that says neither whether the engine works nor who is at fault.
        case unclear
        /// No address, TLS, name resolution, routing, or limits of this process.
        case path
    }
}

extension ProbeResult.Silence {
    fileprivate var text: String {
        switch self {
        case .timeout: "no answer in time on a connection that stood"
        case .cut: "the connection was cut before the answer"
        case .refused: "the connection was refused"
        case .notConnected: "the connection attempt timed out"
        }
    }
}

/// What came back of a probe, for people.
package struct ProbeAnswer: Hashable, Sendable {
    /// Nil if nothing was sent.
    package let duration: Duration?
    /// One line: the status and the code, or why nothing was sent.
    package let text: String
    /// Set if this is what another address than the configured one gave.
    package var fallback: Fallback?
    /// The value of the metric label `reason` of an obstacle on the path.
    package var reason: String?
    /// What a summary says; nil of any other answer.
    package var size: GraphSize?

    package struct Fallback: Hashable, Sendable {
        /// The address that gave the answer.
        package let address: String
        /// What the configured address gave before.
        package let configured: ProbeResult.Failure

        package init(address: String, configured: ProbeResult.Failure) {
            self.address = address
            self.configured = configured
        }
    }

    package init(
        duration: Duration?,
        text: String,
        fallback: Fallback? = nil,
        reason: String? = nil
    ) {
        self.duration = duration
        self.text = text
        self.fallback = fallback
        self.reason = reason
    }
}

extension ProbeResult {
    /// Time to the response or the failure; nil if nothing was sent.
    package var duration: Duration? {
        answer.duration
    }

    /// What a summary says, unless another address than the configured one gave it.
    package var size: GraphSize? {
        if case .alive(let answer) = self, answer.fallback == nil { answer.size } else { nil }
    }

    /// What came back, for people.
    var answer: ProbeAnswer {
        switch self {
        case .alive(let answer), .engineError(let answer), .silent(_, let answer),
            .cannotTell(_, let answer):
            answer
        }
    }

    /// What came back, in one line.
    package var text: String {
        answer.text
    }

    package static func silent(_ silence: Silence, duration: Duration) -> ProbeResult {
        .silent(silence, ProbeAnswer(duration: duration, text: silence.text))
    }

    /// The value of the metric label `reason`; nil for an answer of a working graph.
    package var reason: String? {
        switch self {
        case .alive: nil
        case .engineError: "engine"
        case .silent(.timeout, _): "timeout"
        case .silent(.cut, _): "cut"
        case .silent(.refused, _): "refused"
        case .silent(.notConnected, _): "connect"
        case .cannotTell(.misdirected, _): "misdirected"
        case .cannotTell(.credential, _): "auth"
        case .cannotTell(.throttled, _): "throttled"
        case .cannotTell(.foreignAnswer, _): "foreign_answer"
        case .cannotTell(.unclear, _): "unclear"
        case .cannotTell(.path, let answer): answer.reason ?? answer.text
        }
    }

    /// Whether the next address of the graph is worth a try: this one may be the one at fault.
    var mayBeTheAddress: Bool {
        switch self {
        case .silent, .engineError, .cannotTell(.foreignAnswer, _), .cannotTell(.misdirected, _),
            .cannotTell(.unclear, _):
            true
        case .cannotTell(.path, let answer): answer.duration != nil
        default: false
        }
    }
}

extension ProbeResult {
    /// The address at which the graph answered in place of the configured one. Addresses are given
    /// to other hosts, so what only somebody else may have said is no answer of the graph.
    package var fallback: String? {
        switch self {
        case .alive, .engineError, .cannotTell(.throttled, _): answer.fallback?.address
        case .silent, .cannotTell: nil
        }
    }

    /// Whose answer this is; nil if it is that of the configured address.
    package var responder: String? { answer.fallback?.address }

    /// What the configured address gave where this is the answer of another one.
    package var configuredFailure: Failure? { answer.fallback?.configured }

    /// Why the configured address was not enough; nil if it was.
    var failure: Failure? {
        switch self {
        case .alive: nil
        case .engineError: .engineError
        case .silent(let silence, _): .silent(silence)
        case .cannotTell(let obstacle, _): .cannotTell(obstacle)
        }
    }

    mutating func note(_ fallback: ProbeAnswer.Fallback) {
        var noted = answer
        noted.fallback = fallback
        self =
            switch self {
            case .alive: .alive(noted)
            case .engineError: .engineError(noted)
            case .silent(let silence, _): .silent(silence, noted)
            case .cannotTell(let obstacle, _): .cannotTell(obstacle, noted)
            }
    }

    /// Whether something at the address accepted the connection.
    var provesConnection: Bool {
        switch self {
        case .silent(.refused, _), .silent(.notConnected, _), .cannotTell(.path, _): false
        default: true
        }
    }
}

// MARK: - Responses

extension ProbeResult {
    init(_ kind: ProbeKind, _ answer: ServiceAnswer, duration: Duration) {
        let document = try? JSONValue.parse(answer.body)
        let error = document.flatMap { ErrorBody($0, hiding: answer.sent) }
        let code = error.map(\.code)
        let known = code.flatMap { $0.hasPrefix("GES.") ? $0 : nil }
        let found = ProbeAnswer(
            duration: duration,
            text: "\(answer.status)"
                + (code.map { " \($0)" } ?? (document == nil ? " not JSON" : ""))
        )
        if answer.status == 401 || answer.status == 403 {
            self = .cannotTell(.credential, found)
        } else if answer.status == 429 {
            self = .cannotTell(.throttled, found)
        } else if let known {
            self.init(code: known, answer.status, error?.message ?? "", found)
        } else if (200..<300).contains(answer.status), kind.isResult(document) {
            var counted = found
            counted.size = kind.size(document)
            self = .alive(counted)
        } else {
            self = .cannotTell(.foreignAnswer, found)
        }
    }

    /// By the error codes of the service plane (GES API, error codes).
    private init(code: String, _ status: Int, _ message: String, _ found: ProbeAnswer) {
        switch code {
        // The front end responds for an engine that does not.
        case "GES.8601", "GES.8602": self = .engineError(found)
        // A failure of the statistics, of which the documented cause may be an expired token.
        case "GES.8002":
            self = .cannotTell(Self.blamesToken(message) ? .credential : .unclear, found)
        case "GES.8005", "GES.8006", "GES.8007", "GES.8008", "GES.8020":
            self = .cannotTell(.credential, found)
        case "GES.8000", "GES.8001":
            self =
                Self.saysNotFound(message)
                ? .cannotTell(.misdirected, found) : .cannotTell(.unclear, found)
        default:
            // Codes of the management plane do not belong here.
            let isOfGraph = code.hasPrefix("GES.8")
            if !isOfGraph {
                self = .cannotTell(.foreignAnswer, found)
            } else {
                self = status >= 500 ? .engineError(found) : .alive(found)
            }
        }
    }

    private static func saysNotFound(_ message: String) -> Bool {
        let text = message.lowercased()
        return text.contains("not found") || text.contains("not exist")
    }

    private static func blamesToken(_ message: String) -> Bool {
        message.lowercased().contains("token")
    }

    /// What the failure of a probe of this kind says.
    init(_ kind: ProbeKind, failure error: GESError, duration: Duration) {
        // No answer to these can be that large: it is a page of somebody else.
        if error.isTooLarge, kind == .version || kind == .summary {
            let answer = ProbeAnswer(duration: duration, text: "an answer that is too large")
            self = .cannotTell(.foreignAnswer, answer)
        } else {
            self.init(failure: error, duration: duration)
        }
    }

    private init(failure error: GESError, duration: Duration) {
        guard case .http(let cause) = error else {
            self = .cannotTell(.path, ProbeAnswer(duration: nil, text: error.reason))
            return
        }
        switch (cause.kind, cause.connection) {
        // A query may return more than is read.
        case (.responseTooLarge, _):
            self = .alive(ProbeAnswer(duration: duration, text: "an answer that is too large"))
        case (.timeout, .established): self = .silent(.timeout, duration: duration)
        case (.cut, .established): self = .silent(.cut, duration: duration)
        case (.timeout, .timedOut), (.connect, .timedOut):
            self = .silent(.notConnected, duration: duration)
        case (.connect, .refused): self = .silent(.refused, duration: duration)
        case (.protocolViolation, _):
            self = .cannotTell(
                .foreignAnswer,
                ProbeAnswer(duration: duration, text: "not HTTP: \(cause.message)")
            )
        case (.tls, _), (.nameResolution, _), (_, .noRoute):
            self = .cannotTell(
                .path,
                ProbeAnswer(duration: duration, text: "\(cause)", reason: cause.reason)
            )
        // Nothing was sent.
        default: self = .cannotTell(.path, ProbeAnswer(duration: nil, text: cause.reason))
        }
    }
}

extension ProbeKind {
    /// Whether this is what a graph responds to the probe. Anything may send JSON.
    fileprivate func isResult(_ document: JSONValue?) -> Bool {
        guard let document = WireObject(document) else { return false }
        return switch self {
        case .version: document.text("version") != nil
        case .summary, .gremlin: document.object("data") != nil
        case .cypher: document.array("results") != nil
        }
    }

    fileprivate func size(_ document: JSONValue?) -> GraphSize? {
        guard self == .summary, let data = WireObject(document)?.object("data") else { return nil }
        return GraphSize(vertices: data.integer("vertexNum"), edges: data.integer("edgeNum"))
    }
}
