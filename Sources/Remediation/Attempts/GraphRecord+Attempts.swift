import Time

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
