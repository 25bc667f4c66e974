import Time

/// What was done to this graph before.
extension GateQuestion {
    func phase() -> GateVerdict {
        switch record.phase {
        case .idle, .awaitingApproval, .countingDown, .gatheringEvidence, .exhausted:
            .open("no restart of it is under way")
        case .intended, .unknownOutcome, .restarting, .verifying:
            .closed(.busy(phase: record.phase.label))
        case .coolingDown(let until, let attempt, let outcome):
            unlessOrdered(.coolingDown(until: until, attempt: attempt, outcome: outcome))
        case .waiting(let until, let cause): unlessOrdered(.waiting(until: until, cause: cause))
        case .suspended(let until, let by, let reason):
            unlessOrdered(.suspended(until: until, by: by, reason: reason))
        case .stalled(_, let since, _): unlessOrdered(.stalled(since: since))
        case .external(let since, _): .closed(.externalAction(since: since))
        }
    }

    func attempts() -> GateVerdict {
        if isOrdered { return .open("a person has ordered it") }
        if case .exhausted(let since) = record.phase { return .closed(.exhausted(since: since)) }
        if let used = record.usedUpAttempts(policy.maxAttempts, at: at) { return .closed(used) }
        return .open("\(record.countedAttempts(since: at - .seconds(86_400)).count) attempts in 1d")
    }

    private func unlessOrdered(_ reason: HoldReason) -> GateVerdict {
        isOrdered ? .open("a person has ordered it") : .closed(reason)
    }
}

extension GraphRecord {
    /// The attempts that count against this graph and are younger than `instant`, oldest first.
    func countedAttempts(since instant: Timestamp) -> [Attempt] {
        let floor = max(instant, acknowledgedAt ?? .distantPast)
        return attempts.filter { $0.counts && $0.createdAt > floor }
    }

    /// The window that is used up longest; nil if there is room in all of them.
    func usedUpAttempts(_ limits: [WindowLimit], at instant: Timestamp) -> HoldReason? {
        let used: [HoldReason] = limits.compactMap { limit in
            let counted = countedAttempts(since: instant - limit.window)
            guard counted.count >= limit.count else { return nil }
            return .attemptsUsed(
                count: counted.count,
                limit: limit,
                until: limit.roomAt(after: counted.map(\.createdAt))
            )
        }
        return used.lastToOpen
    }

    /// The end of a cool-down that begins now: it doubles with each counted attempt of a day.
    func coolDownEnd(_ policy: Policy, from instant: Timestamp) -> Timestamp {
        let further = max(0, countedAttempts(since: instant - .seconds(86_400)).count - 1)
        let longest = max(policy.cooldown, policy.maxCooldown)
        // Eight hours are 2^3 times the default and 2^15 times one second: more doublings only
        // overflow.
        let doubled = policy.cooldown * (1 << min(further, 20))
        return instant + min(doubled, longest)
    }
}

extension WindowLimit {
    /// When a window that holds these moments, oldest first, has room for one more; nil if it has
    /// room already, or never will.
    func roomAt(after moments: [Timestamp]) -> Timestamp? {
        guard count > 0, moments.count >= count else { return nil }
        return moments[moments.count - count] + window
    }
}

extension [HoldReason] {
    /// The one that time lifts last; one that it never lifts before any other.
    var lastToOpen: HoldReason? {
        self.max { ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture) }
    }
}
