// After a start the agent does not know what happened while it was down. It never concludes
// anything from its own absence: what was in progress is looked at before it is judged, and what
// may have been sent counts as sent.

import Time

extension Phase {
    /// The phase from which the agent goes on after a start at `instant`.
    func restored(at instant: Timestamp) -> Phase {
        let lookedAt = instant + Timing.observationAfterStart
        switch self {
        case .gatheringEvidence: return withoutPreparation
        case .intended(let intent) where intent.action == .cancel:
            let deadline = instant + Timing.cancelPatience
            return .verifying(
                Verifying(intent: intent, wasStalled: false, since: instant, deadline: deadline)
            )
        case .stopped(var stopped):
            stopped.since = instant
            stopped.deadline = max(stopped.deadline, lookedAt)
            return .stopped(stopped)
        case .intended(let intent):
            let bound = intent.createdAt + Timing.landingBound
            return .unknownOutcome(intent, since: instant, until: max(bound, lookedAt))
        case .unknownOutcome(let intent, let since, let until):
            return .unknownOutcome(intent, since: since, until: max(until, lookedAt))
        case .restarting(var restarting):
            restarting.since = instant
            restarting.deadline = max(restarting.deadline, lookedAt)
            return .restarting(restarting)
        case .verifying(let verifying):
            let within = verifying.deadline - verifying.since
            return .verifying(
                Verifying(
                    intent: verifying.intent,
                    wasStalled: verifying.wasStalled,
                    since: instant,
                    deadline: instant + within
                )
            )
        default: return self
        }
    }
}
