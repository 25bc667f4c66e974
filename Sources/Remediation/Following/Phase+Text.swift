extension Phase: CustomStringConvertible {
    /// What is going on, as a sentence for people.
    package var description: String {
        switch self {
        case .idle: "nothing is in progress"
        case .awaitingApproval(let since, _): "waiting for approval since \(since)"
        case .countingDown(_, let until): "announced; may be vetoed until \(until)"
        case .gatheringEvidence(let gathering): "collecting evidence until \(gathering.until)"
        case .intended(let intent): "\(intent.text) decided at \(intent.createdAt)"
        case .unknownOutcome(let intent, _, let until):
            "the outcome of \(intent.text) is unknown; searching for it until \(until)"
        case .restarting(let restarting): restarting.description
        case .verifying(let verifying):
            "verifying \(verifying.intent.text) until \(verifying.deadline): "
                + "\(verifying.goodProbes) probes answered in a row"
        case .stopped(let stopped): stopped.description
        case .coolingDown(let until, let attempt, let outcome):
            "cooling down until \(until) after attempt \(attempt), which \(outcome.text)"
        case .waiting(let until, let cause): "waiting until \(until): \(cause)"
        case .exhausted(let since): "exhausted since \(since); a person must acknowledge"
        case .stalled(let intent, let since, let cause):
            "\(intent.text) stalled at \(since): \(cause); a person must acknowledge"
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
        if intent.action == .stop {
            return "\(intent.text) was accepted\(job); due to be stopped by \(deadline)"
        }
        return "\(intent.text) was accepted\(job); due to run again by \(deadline)"
    }
}

extension Phase.Stopped: CustomStringConvertible {
    package var description: String {
        "stopped since \(since) after \(intent.text); to be started by \(deadline)"
            + (hold.map { ", but held: \($0)" } ?? "")
    }
}

extension Intent {
    /// The attempt, with its action unless it is a restart: "attempt 2 (stop)".
    var text: String {
        action == .restart ? "attempt \(attempt)" : "attempt \(attempt) (\(noun))"
    }

    /// What was sent: "the ... landed".
    var noun: String {
        task.map { "cancel of task \($0.id)" } ?? action.rawValue
    }

    /// What is being done, before the name of the graph.
    var doing: String {
        switch action {
        case .restart: "restarting"
        case .cancel: "cancelling \(task.map(\.description) ?? "a task") of"
        case .stop: "stopping"
        case .start: "starting"
        }
    }

    /// Whether this status shows that the request landed.
    func isTrace(_ statusCode: String) -> Bool {
        action == .start
            ? statusCode != StatusCode.stopped : StatusCode.restartTraces.contains(statusCode)
    }
}
