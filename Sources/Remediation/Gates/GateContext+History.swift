import Time

/// Gates about what was done to this graph before.
extension GateContext {
    /// A restart in progress, whoever sent it, or a rest that the graph still owes.
    func phase() -> GateVerdict {
        switch record.phase {
        case .idle, .awaitingApproval, .countingDown, .gatheringEvidence, .exhausted:
            .open("no restart of it is in progress")
        case .intended, .unknownOutcome, .restarting, .verifying, .stopped:
            .closed(.busy(phase: record.phase.label))
        case .coolingDown(let until, let attempt, let outcome):
            .closed(.coolingDown(until: until, attempt: attempt, outcome: outcome))
        case .waiting(let until, let cause):
            .closed(
                record.unsentInARow > 0
                    ? .unsent(until: until, cause: cause) : .waiting(until: until, cause: cause)
            )
        case .suspended(let until, let by, let reason):
            .closed(.suspended(until: until, by: by, reason: reason))
        case .stalled(_, let since, _): .closed(.stalled(since: since))
        case .externalAction(let since, _): .closed(.externalAction(since: since))
        }
    }

    func attempts() -> GateVerdict {
        if case .exhausted(let since) = record.phase { return .closed(.exhausted(since: since)) }
        if case .cancel = remedy { return .open("a cancelled task uses up no attempts") }
        if let used = record.usedUpAttempts(policy.maxAttempts, at: at) { return .closed(used) }
        let count = record.countedAttempts(since: at - .seconds(86_400)).count
        return .open("\(count) attempts in the last 1d")
    }
}
