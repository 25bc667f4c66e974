/// What the machine makes of one graph in one step.
package enum Decision: Hashable, Sendable {
    /// Nothing asks for a restart, and nothing is under way.
    case idle
    /// A restart is asked for, and these gates are closed: every one of them, in evaluation order.
    case hold([HoldReason])
    /// Only the mode keeps this restart from being sent.
    case shadow(Intent)
    /// This restart was decided in this very step.
    case restart(Intent)
    /// What was begun is being followed, or left alone afterwards; the phase says where it stands.
    case following(Phase)
}

extension Decision: CustomStringConvertible {
    /// A bounded word, for logs and tables.
    package var label: String {
        switch self {
        case .idle: "idle"
        case .hold: "hold"
        case .shadow: "shadow"
        case .restart: "restart"
        case .following: "following"
        }
    }

    package var description: String {
        switch self {
        case .idle: "nothing asks for a restart"
        case .hold(let reasons):
            "held: " + reasons.map(\.description).joined(separator: "; ")
        case .shadow(let intent): "would be restarted now (attempt \(intent.attempt))"
        case .restart(let intent): "restarted now (attempt \(intent.attempt))"
        case .following(let phase): phase.description
        }
    }
}

extension Phase: CustomStringConvertible {
    package var description: String {
        switch self {
        case .idle: "nothing is under way"
        case .awaitingApproval(let since, _): "a person was asked at \(since)"
        case .countingDown(_, let until): "announced; may be vetoed until \(until)"
        case .gatheringEvidence(let gathering): "collecting evidence until \(gathering.until)"
        case .intended(let intent): "attempt \(intent.attempt) decided at \(intent.createdAt)"
        case .unknownOutcome(let intent, _, let until):
            "the outcome of attempt \(intent.attempt) is unknown; looked for until \(until)"
        case .restarting(let restarting): restarting.description
        case .verifying(let verifying):
            "attempt \(verifying.intent.attempt): \(verifying.goodProbes) good probes in a row, "
                + "to be verified by \(verifying.deadline)"
        case .coolingDown(let until, let attempt, let outcome):
            "cooling down until \(until) after attempt \(attempt), which \(outcome.text)"
        case .waiting(let until, let cause): "waiting until \(until): \(cause)"
        case .exhausted(let since): "attempts used up at \(since); a person must acknowledge"
        case .stalled(let intent, let since, let cause):
            "attempt \(intent.attempt) stalled at \(since): \(cause); a person must acknowledge"
        case .suspended(let until, let by, let reason):
            "suspended until \(until) by \(by): \(reason)"
        case .external(let since, _): "stopped or started by somebody else since \(since)"
        }
    }
}

extension Phase.Restarting: CustomStringConvertible {
    package var description: String {
        let job = jobID.map { " as job \($0)" } ?? ""
        return "attempt \(intent.attempt) was accepted\(job); to run again by \(deadline)"
    }
}
