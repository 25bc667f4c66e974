package import Time

/// What the machine counted since the start of the agent.
package struct RemediationCounters: Hashable, Sendable {
    package var started = 0
    package var failures: [FailureReason: Int] = [:]
    /// By the label of the first hold reason; counted when that reason changes.
    package var suppressed: [String: Int] = [:]
    /// From the intent to the verified end.
    package var verifiedDurations = DurationHistogram()
    package var lastVerifiedAt: Timestamp?
    /// Lost because the disk refused them for long.
    package var droppedAuditEntries = 0

    package init() {}
}
