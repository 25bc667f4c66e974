extension Phase: CustomStringConvertible {
    /// What is going on, as a sentence for people.
    package var description: String {
        switch self {
        case .idle: "nothing is in progress"
        case .awaitingApproval(let since, _): "waiting for approval since \(since)"
        case .countingDown(_, let until): "announced; may be vetoed until \(until)"
        case .gatheringEvidence(let gathering): "collecting evidence until \(gathering.until)"
        case .intended(let intent): "attempt \(intent.attempt) decided at \(intent.createdAt)"
        case .unknownOutcome(let intent, _, let until):
            "the outcome of attempt \(intent.attempt) is unknown; searching for it until \(until)"
        case .restarting(let restarting): restarting.description
        case .verifying(let verifying):
            "verifying attempt \(verifying.intent.attempt) until \(verifying.deadline): "
                + "\(verifying.goodProbes) probes answered in a row"
        case .coolingDown(let until, let attempt, let outcome):
            "cooling down until \(until) after attempt \(attempt), which \(outcome.text)"
        case .waiting(let until, let cause): "waiting until \(until): \(cause)"
        case .exhausted(let since): "exhausted since \(since); a person must acknowledge"
        case .stalled(let intent, let since, let cause):
            "attempt \(intent.attempt) stalled at \(since): \(cause); a person must acknowledge"
        case .suspended(let until, let by, let reason):
            "suspended until \(until) by \(by): \(reason)"
        case .externalAction(let since, _):
            "being stopped or started by someone else since \(since)"
        }
    }
}

extension Phase.Restarting: CustomStringConvertible {
    package var description: String {
        let job = jobID.map { " as job \($0)" } ?? ""
        return "attempt \(intent.attempt) was accepted\(job); due to run again by \(deadline)"
    }
}
