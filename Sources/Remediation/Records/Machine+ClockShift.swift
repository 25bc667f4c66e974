import Time

/// What happens to remembered moments when the wall clock is set.
///
/// Cool-downs, graces, deadlines and windows are kept as moments of the wall clock, because they
/// must outlast the agent and its host. A clock that is set by an hour would end them an hour
/// early or late. So every moment moves along, and what is left of each wait stays the same. A
/// field of type `Timestamp` that is forgotten here is a cool-down that can be skipped by setting
/// the clock.
extension Machine {
    /// The wall clock was set forward by `jump`, or backward if negative. What was written about
    /// the past (audit trail, outcomes and endings in the ledger) keeps the time that the clock
    /// showed.
    package mutating func shift(by jump: Duration) {
        for id in records.keys.sorted() {
            update(id) { $0.shift(by: jump) }
        }
        for (id, incident) in incidents { incidents[id] = incident.shifted(by: jump) }
        populations.shift(by: jump)
        adoption = adoption.shifted(by: jump)
        lastSilent = lastSilent.mapValues { $0.shifted(by: jump) }
        if !keptPauses.isEmpty {
            pauses = pauses.map { $0.shifted(by: jump) }
            endedPauses = endedPauses.mapValues { $0.shifted(by: jump) }
            pending.pauses = keptPauses
        }
        if !answered.isEmpty {
            answered = answered.mapValues { $0.shifted(by: jump) }
            pending.answered = Array(answered.values)
        }
        counters.lastVerifiedAt = counters.lastVerifiedAt.map { $0 + jump }
    }
}

extension GraphRecord {
    fileprivate mutating func shift(by jump: Duration) {
        phase = phase.shifted(by: jump)
        attempts = attempts.map { $0.shifted(by: jump) }
        acknowledgedAt = acknowledgedAt.map { $0 + jump }
        clearedAt = clearedAt.map { $0 + jump }
        missingSince = missingSince.map { $0 + jump }
        foreignJobAt = foreignJobAt.map { $0 + jump }
        heldKillCost = heldKillCost?.shifted(by: jump)
        decisions = decisions.map { $0.shifted(by: jump) }
        unreadDecisionsSince = unreadDecisionsSince.map { $0 + jump }
    }
}

extension Phase {
    fileprivate func shifted(by jump: Duration) -> Phase {
        switch self {
        case .idle: .idle
        case .awaitingApproval(let since, let expiresAt):
            .awaitingApproval(since: since + jump, expiresAt: expiresAt + jump)
        case .countingDown(let since, let until):
            .countingDown(since: since + jump, until: until + jump)
        case .gatheringEvidence(let gathering): .gatheringEvidence(gathering.shifted(by: jump))
        case .intended(let intent): .intended(intent.shifted(by: jump))
        case .unknownOutcome(let intent, let since, let until):
            .unknownOutcome(intent.shifted(by: jump), since: since + jump, until: until + jump)
        case .restarting(let restarting): .restarting(restarting.shifted(by: jump))
        case .verifying(let verifying): .verifying(verifying.shifted(by: jump))
        case .stopped(let stopped): .stopped(stopped.shifted(by: jump))
        case .coolingDown(let until, let attempt, let outcome):
            .coolingDown(until: until + jump, attempt: attempt, outcome: outcome)
        case .waiting(let until, let cause): .waiting(until: until + jump, cause: cause)
        case .exhausted(let since): .exhausted(since: since + jump)
        case .stalled(let intent, let since, let cause):
            .stalled(intent.shifted(by: jump), since: since + jump, cause: cause)
        case .suspended(let until, let by, let reason):
            .suspended(until: until + jump, by: by, reason: reason)
        case .externalAction(let since, let notBefore):
            .externalAction(since: since + jump, notBefore: notBefore.map { $0 + jump })
        }
    }
}

extension Phase.Gathering {
    fileprivate func shifted(by jump: Duration) -> Self {
        var request = request
        request.activeAt = request.activeAt + jump
        return Self(
            request: request,
            agreement: agreement,
            until: until + jump,
            previous: previous.shifted(by: jump),
            isComplete: isComplete
        )
    }
}

extension Phase.Restarting {
    fileprivate func shifted(by jump: Duration) -> Self {
        Self(
            intent: intent.shifted(by: jump),
            jobID: jobID,
            job: job,
            since: since + jump,
            deadline: deadline + jump,
            sawTransition: sawTransition
        )
    }
}

extension Phase.Stopped {
    fileprivate func shifted(by jump: Duration) -> Self {
        var shifted = Self(
            intent: intent.shifted(by: jump),
            since: since + jump,
            deadline: deadline + jump
        )
        shifted.notBefore = notBefore.map { $0 + jump }
        shifted.hold = hold
        return shifted
    }
}

extension Phase.Verifying {
    fileprivate func shifted(by jump: Duration) -> Self {
        var shifted = Self(
            intent: intent.shifted(by: jump),
            wasStalled: wasStalled,
            since: since + jump,
            deadline: deadline + jump
        )
        shifted.goodProbes = goodProbes
        shifted.countedAt = countedAt + jump
        return shifted
    }
}

extension Intent {
    /// The id stays: the ledger and the performer know the intent by it.
    package func shifted(by jump: Duration) -> Intent {
        var shifted = self
        shifted.createdAt = createdAt + jump
        return shifted
    }
}

extension Attempt {
    fileprivate func shifted(by jump: Duration) -> Attempt {
        var shifted = self
        shifted.createdAt = createdAt + jump
        shifted.ending = ending.map { Ending(outcome: $0.outcome, at: $0.at + jump) }
        shifted.throttledUntil = throttledUntil.map { $0 + jump }
        return shifted
    }
}

extension Adoption {
    fileprivate func shifted(by jump: Duration) -> Adoption {
        if case .reading(let cause, let since?) = self {
            return .reading(cause, since: since + jump)
        }
        guard case .read(let at, let waiting) = self else { return self }
        let shifted = waiting.mapValues { job in
            var job = job
            job.beganAt = job.beganAt + jump
            return job
        }
        return .read(at: at + jump, waiting: shifted)
    }
}

extension Incident {
    fileprivate func shifted(by jump: Duration) -> Incident {
        var shifted = self
        shifted.since = since + jump
        shifted.heldSince = heldSince.map { $0 + jump }
        return shifted
    }
}
