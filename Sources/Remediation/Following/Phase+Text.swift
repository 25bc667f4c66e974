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
        case .externalAction(let since, _): "stopped or started by somebody else since \(since)"
        }
    }
}

extension Phase.Restarting: CustomStringConvertible {
    package var description: String {
        let job = jobID.map { " as job \($0)" } ?? ""
        return "attempt \(intent.attempt) was accepted\(job); to run again by \(deadline)"
    }
}
