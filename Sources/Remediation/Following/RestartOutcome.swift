import Time

/// What became of the one POST that an intent allows.
package enum RestartOutcome: Hashable, Sendable, Codable {
    /// GES took it. The documented example answer has no job id (GES API page 0222).
    case accepted(jobID: String?)
    /// A definite refusal with an error body of GES.
    case refused(code: String, message: String)
    /// The credential was refused (401, 403).
    case unauthorised(code: String, message: String)
    /// The gateway turned it away unseen (429).
    case throttled(retryAfter: Duration?)
    /// It is certain that nothing was written: the graph changed before, or no connection came
    /// about.
    case notSent(reason: String)
    /// Anything else: a time-out, a reset, a 5xx, an answer that cannot be read.
    case unknown(reason: String)
}

extension RestartOutcome {
    package var label: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .unauthorised: "unauthorised"
        case .throttled: "throttled"
        case .notSent: "not_sent"
        case .unknown: "unknown"
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
        case .throttled(let retryAfter?): "throttled, to be asked again after \(retryAfter.text)"
        case .throttled(.none): "throttled"
        case .notSent(let reason): "not sent: \(reason)"
        case .unknown(let reason): "the outcome is unknown: \(reason)"
        }
    }
}
