package import Time

/// What the machine has counted since the start of the agent. Not persistent: counters of
/// Prometheus begin at zero with each process.
package struct RemediationCounters: Hashable, Sendable {
    /// Intents of restarts.
    package var started = 0
    package var failures: [FailureReason: Int] = [:]
    /// Rungs other than the restart that were begun; the start after a stop is part of its rung.
    package var startedRungs: [Rung: Int] = [:]
    /// Ended attempts of rungs other than the restart, that of a stop that a start follows aside.
    package var endedRungs: [RungCount: Int] = [:]
    /// By the label of the first hold reason. Counts changes of it, not cycles.
    package var suppressed: [String: Int] = [:]
    /// Orders that were answered; one that is given again counts once.
    package var orders: [OrderCount: Int] = [:]
    /// What decisions turned out to be. A person who says otherwise later counts below.
    package var decisions: [DecisionCount: Int] = [:]
    /// Labels that persons gave.
    package var labels: [DecisionCount: Int] = [:]
    /// Outcomes and labels of entries beyond those that are counted.
    package var uncountedDecisions = 0
    /// Decisions that were forgotten for want of room.
    package var droppedDecisions = 0
    /// From the intent to the verified ending.
    package var verifiedDurations = DurationHistogram()
    /// Restored from the attempts on disk after a start; nil if there are none.
    package var lastVerifiedAt: Timestamp?
    /// Audit lines that were lost because the disk refused them for too long.
    package var droppedAuditEntries = 0

    package init() {}
}

/// What ended attempts are counted by.
package struct RungCount: Hashable, Sendable {
    package let rung: Rung
    package let outcome: AttemptOutcome

    /// nil for a rung that helped.
    package var failure: FailureReason? { outcome == .stalled ? .timeout : FailureReason(outcome) }
}

/// What orders are counted by.
package struct OrderCount: Hashable, Sendable {
    /// `Order.Kind.verb`.
    package let order: String
    package let outcome: OrderAnswer.Outcome
}
