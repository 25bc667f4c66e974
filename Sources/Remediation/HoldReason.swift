/// Why a restart that was asked for is not carried out.
package enum HoldReason: Hashable, Sendable {
    case unknownGraph
    case modeOff
    case notSelected
    case detectOnly(String)
    case paused(Pause)
    case external(ExternalHold)
    case blind
    case staleReading(observedAt: Instant?, freshness: Duration)
    case staleProbe(at: Instant, freshness: Duration)
    case answering(at: Instant)
    case statusNotEligible(String)
    case classMismatch(HangClass, statusCode: String)
    case startupGrace(until: Instant)
    case stateChangeGrace(statusCode: String, until: Instant)
    case busy(phase: String, since: Instant?)
    case coolingDown(until: Instant, attempt: Int)
    case waiting(until: Instant, cause: String)
    case suspended(until: Instant, by: String, reason: String)
    case externalAction(since: Instant)
    case stalled(since: Instant)
    case exhausted(since: Instant)
    case attemptsUsed(count: Int, limit: Int, window: Duration, until: Instant)
    case concurrency(inFlight: [GraphID], limit: Int)
    case budgetUsed(count: Int, limit: Int, window: Duration, until: Instant)
    case storm(sick: Int, threshold: Int, level: StormLevel)
    case approvalPending(since: Instant?)
    case vetoPeriod(until: Instant?)
    case shadow
}

package enum StormLevel: String, Hashable, Sendable {
    case soft
    case hard
}
