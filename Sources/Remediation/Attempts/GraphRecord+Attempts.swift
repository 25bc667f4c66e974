import Time

extension GraphRecord {
    /// The attempts after `instant` that count against this graph, oldest first. A person may have
    /// cleared those before.
    func countedAttempts(since instant: Timestamp) -> [Attempt] {
        let floor = max(instant, clearedAt ?? .distantPast)
        return attempts.filter { $0.counts && $0.createdAt > floor }
    }

    /// Of the windows that are used up the one that stays so longest; nil if all have room. A
    /// window whose attempts all helped, or are known to a person, opens again by itself; the
    /// others need a person.
    func usedUpAttempts(_ limits: [WindowLimit], at instant: Timestamp) -> HoldReason? {
        let used: [HoldReason] = limits.compactMap { limit in
            let counted = countedAttempts(since: instant - limit.window)
            guard counted.count >= limit.count else { return nil }
            let known = acknowledgedAt ?? .distantPast
            let isOpening = counted.allSatisfy {
                $0.ending?.outcome == .verified || $0.createdAt <= known
            }
            return .attemptsUsed(
                count: counted.count,
                limit: limit,
                until: isOpening ? limit.roomAt(after: counted.map(\.createdAt)) : nil
            )
        }
        return used.lastToOpen
    }

    /// When a cool-down that begins at `instant` ends. It doubles with each further counted
    /// attempt within 24 hours, because a restart that did not last is less likely to help when
    /// repeated.
    func coolDownEnd(_ policy: Policy, from instant: Timestamp) -> Timestamp {
        let further = max(0, countedAttempts(since: instant - .seconds(86_400)).count - 1)
        let longest = max(policy.cooldown, policy.maxCooldown)
        // Eight hours are 2^15 times one second: more doublings could only overflow.
        let doubled = min(policy.cooldown * (1 << min(further, 20)), longest)
        return instant + doubled + doubled * (policy.cooldownJitter * jitter)
    }

    /// 0 to 1. It follows from the graph and its attempts, because the machine draws no random
    /// numbers (FNV-1a, 64 bits).
    private var jitter: Double {
        let hash = "\(id.rawValue)/\(attemptCount)".utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        return Double(hash % 1000) / 1000
    }
}
