/// What came back of one request to a graph, and what it says about the graph.
///
/// Only `silent` and `engineError` are evidence of a hang. Everything that something other than
/// the graph may have caused says nothing about it.
package enum Answer: Hashable, Sendable {
    /// A valid result, or an error that only a working engine can give.
    case alive
    /// The front end answered for an engine that does not work: GES.8601, GES.8602, or status 500
    /// of the graph itself.
    case engineError
    case silent(Silence)
    /// Something answers at this address that does not know the graph, although it is listed.
    case misdirected
    /// The graph refused the agent's credential.
    case credential
    case throttled
    /// An answer that is not of GES: a proxy page, or a 502, 503 or 504 without a body of GES.
    case foreignAnswer
    /// GES reports an error that does not say whether the graph works.
    case unclear
    /// TLS, name resolution or routing failed, no address can be used, or a limit of the agent was
    /// reached.
    case path

    /// How a graph stays silent.
    package enum Silence: String, Hashable, Sendable, Codable {
        /// The connection stood, and no answer came in time or the connection was cut. The path is
        /// proved by the connection itself.
        case afterConnection
        /// The host answers, and no process listens.
        case refused
        /// The connection attempt timed out.
        case notConnected
    }
}

extension Answer {
    /// The value of the metric label `outcome`.
    package var label: String {
        switch self {
        case .alive: "alive"
        case .engineError: "engine_error"
        case .silent: "silent"
        case .misdirected: "misdirected"
        case .credential: "credential"
        case .throttled: "throttled"
        case .foreignAnswer: "foreign_answer"
        case .unclear: "unclear"
        case .path: "path"
        }
    }

    /// Every value of `label`.
    package static let labels = [
        "alive", "credential", "engine_error", "foreign_answer", "misdirected", "path", "silent",
        "throttled", "unclear",
    ]

    /// Whether it says something about the graph.
    package var isTelling: Bool {
        switch self {
        case .alive, .engineError, .silent: true
        case .misdirected, .credential, .throttled, .foreignAnswer, .unclear, .path: false
        }
    }

    /// Whether the graph itself, and not something on the way, accepted the connection.
    package var provesPath: Bool {
        switch self {
        case .alive, .engineError, .silent(.afterConnection), .credential, .throttled: true
        case .silent, .misdirected, .foreignAnswer, .unclear, .path: false
        }
    }
}
