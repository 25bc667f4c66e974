package import Time

/// Where a graph stands. Every case says what it means and how it is left.
///
/// Before anything is sent (`idle`, `awaitingApproval`, `countingDown`, `gatheringEvidence`) the
/// end of the request leads back to `idle`. From `intended` on the machine follows what it did to
/// its end, whatever the rules, the policy or a pause say meanwhile.
package enum Phase: Hashable, Sendable {
    /// Nothing is under way.
    /// Leaves to `awaitingApproval`, `countingDown`, `gatheringEvidence` or `intended` when the
    /// gates are open; to `exhausted` when a restart is wanted but the attempts are used up; to
    /// `external` when somebody else stops or starts the graph.
    case idle
    /// A person was asked.
    /// Leaves to `gatheringEvidence` or `intended` when approved, to `suspended` when rejected.
    case awaitingApproval(since: Timestamp, expiresAt: Timestamp)
    /// A restart was announced and may be vetoed until `until`.
    /// Leaves to `gatheringEvidence` or `intended` after that, to `suspended` when vetoed.
    case countingDown(since: Timestamp, until: Timestamp)
    /// Evidence that a restart destroys is being collected.
    /// Leaves to `intended` when it arrived or at `until`, the gates being asked once more; back to
    /// where it came from when one of them has closed.
    indirect case gatheringEvidence(Gathering)
    /// The intent is on disk, the performer has it, and no outcome is known.
    /// Leaves to `restarting` when accepted; to `coolingDown` or `exhausted` when refused; to
    /// `waiting` when nothing was sent; to `unknownOutcome` when the answer was lost, or after a
    /// restart of the agent.
    case intended(Intent)
    /// A restart may or may not have been accepted. It is never sent again.
    /// Leaves to `restarting` when a trace of it is seen; to `coolingDown` or `exhausted` at
    /// `until`, after which it can no longer land.
    case unknownOutcome(Intent, since: Timestamp, until: Timestamp)
    /// GES restarts the graph.
    /// Leaves to `verifying` when it runs again; to `stalled` when the job failed, when nothing
    /// changes, when it ends in a dead status, or at the deadline.
    case restarting(Restarting)
    /// The graph runs again and has to prove it.
    /// Leaves to `coolingDown` when enough probes in a row were answered; to `coolingDown` or
    /// `exhausted` at the deadline.
    case verifying(Verifying)
    /// The attempt is over and the graph is left alone. Leaves to `idle` at `until`.
    case coolingDown(until: Timestamp, attempt: Int, outcome: AttemptOutcome)
    /// Nothing was sent although it was decided (or a person has just acknowledged).
    /// Leaves to `idle` at `until`.
    case waiting(until: Timestamp, cause: String)
    /// The attempts are used up without the graph staying well.
    /// Leaves to `waiting` when a person acknowledges; never by itself.
    case exhausted(since: Timestamp)
    /// Accepted, but the graph did not come back. Nothing more is sent.
    /// Leaves to `verifying` when the graph answers again; to `coolingDown` when a person
    /// acknowledges.
    case stalled(Intent, since: Timestamp, cause: String)
    /// A person rejected or vetoed the restart. Leaves to `idle` at `until`.
    case suspended(until: Timestamp, by: String, reason: String)
    /// Somebody else stops or starts the graph; what it still owed to an attempt of ours stays
    /// due. Leaves to `waiting` when that is over, for as long as after an attempt of our own.
    case externalAction(since: Timestamp, notBefore: Timestamp?)
}

extension Phase {
    /// A bounded word for logs and tables.
    package var label: String {
        switch self {
        case .idle: "idle"
        case .awaitingApproval: "awaiting_approval"
        case .countingDown: "counting_down"
        case .gatheringEvidence: "gathering_evidence"
        case .intended: "intended"
        case .unknownOutcome: "unknown_outcome"
        case .restarting: "restarting"
        case .verifying: "verifying"
        case .coolingDown: "cooling_down"
        case .waiting: "waiting"
        case .exhausted: "exhausted"
        case .stalled: "stalled"
        case .suspended: "suspended"
        case .externalAction: "external"
        }
    }

    /// Whether the graph occupies one of the places of `Policy.maxConcurrent`. A stalled one does
    /// not: one graph that waits for a person must not block the others.
    package var isInFlight: Bool {
        switch self {
        case .gatheringEvidence, .intended, .unknownOutcome, .restarting: true
        case .verifying(let verifying): !verifying.wasStalled
        default: false
        }
    }

    /// Whether something was begun that the machine follows to its end.
    package var isFollowed: Bool { intent != nil }

    /// Where the graph stands if what is being prepared is given up.
    var withoutPreparation: Phase {
        switch self {
        case .awaitingApproval, .countingDown: .idle
        case .gatheringEvidence(let gathering): gathering.previous
        default: self
        }
    }

    /// What a person has said about the restart that is being prepared.
    var agreement: Agreement {
        if case .gatheringEvidence(let gathering) = self { gathering.agreement } else { .none }
    }

    /// The intent that is being followed.
    package var intent: Intent? {
        switch self {
        case .intended(let intent), .unknownOutcome(let intent, _, _), .stalled(let intent, _, _):
            intent
        case .restarting(let restarting): restarting.intent
        case .verifying(let verifying): verifying.intent
        default: nil
        }
    }
}
