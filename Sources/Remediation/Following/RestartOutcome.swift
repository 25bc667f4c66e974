import Time

/// What became of the one POST that an intent allows.
package enum RestartOutcome: Hashable, Sendable, Codable {
    /// GES accepted the restart. The documented example has no job id (GES API, page 0222).
    case accepted(jobID: String?)
    /// GES refused it, with an error body of its own.
    case refused(code: String, message: String)
    /// GES refused the credential (401, 403).
    case unauthorised(code: String, message: String)
    /// The gateway turned it away (429). GES has not seen it.
    case throttled(retryAfter: Duration?)
    /// Certainly nothing was sent: the preflight stopped it, or no connection was made.
    case notSent(reason: String)
    /// Anything else: a time-out, a reset, a 5xx, an unreadable answer. The restart may land yet.
    case unknown(reason: String)
}

extension RestartOutcome {
    static let unauthorisedLabel = "unauthorised"

    /// Every `label`.
    package static let labels = [
        "accepted", "refused", unauthorisedLabel, "throttled", "not_sent", "unknown",
    ]

    /// A word from a fixed set. The ledger's schema lists them.
    package var label: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .unauthorised: Self.unauthorisedLabel
        case .throttled: "throttled"
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}

extension RestartOutcome {
    /// What GES, or the agent itself, said against it; nil if nothing was said.
    var cause: String? {
        switch self {
        case .refused(let code, let message), .unauthorised(let code, let message):
            "\(code) \(message)"
        case .notSent(let reason), .unknown(let reason): reason
        case .accepted, .throttled: nil
        }
    }

    /// The ending that follows at once; nil if the restart has to be followed.
    var ending: AttemptOutcome? {
        switch self {
        case .refused: .refused
        case .unauthorised: .unauthorised
        case .throttled: .throttled
        case .notSent: .notSent
        case .accepted, .unknown: nil
        }
    }
}

extension RestartOutcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .accepted(let jobID?): "accepted as job \(jobID)"
        case .accepted(.none): "accepted without a job id"
        case .refused(let code, let message): "refused: \(code) \(message)"
        case .unauthorised(let code, let message): "not authorised: \(code) \(message)"
        case .throttled(let retryAfter?): "throttled; may be sent again after \(retryAfter.text)"
        case .throttled(.none): "throttled"
        case .notSent(let reason): "not sent: \(reason)"
        case .unknown(let reason): "outcome unknown: \(reason)"
        }
    }
}
