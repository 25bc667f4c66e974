// The phases are the protocol: which may follow which decides whether a graph can be restarted
// twice. Before an intent (`idle`, `awaitingApproval`, `countingDown`, `gatheringEvidence`) the
// end of the request leads back. From `intended` on the machine follows what it began to its end,
// whatever the rules, the policy or a pause say meanwhile.

package import Time

/// Where a graph stands. Each case says what it means and what ends it.
package enum Phase: Hashable, Sendable {
    /// Nothing is in progress.
    ///
    /// Next: `awaitingApproval`, `countingDown`, `gatheringEvidence` or `intended` when the gates
    /// allow it; `exhausted` when a restart is wanted but the attempts are used up;
    /// `externalAction` when someone else stops or starts the graph.
    case idle
    /// A person was asked to approve a restart. At `expiresAt` the question is repeated.
    ///
    /// Next: `gatheringEvidence` or `intended` when approved; `suspended` when rejected.
    case awaitingApproval(since: Timestamp, expiresAt: Timestamp)
    /// A restart was announced and may be vetoed until `until`.
    ///
    /// Next: `gatheringEvidence` or `intended` after that; `suspended` when vetoed.
    case countingDown(since: Timestamp, until: Timestamp)
    /// The evidence that a restart destroys is being collected.
    ///
    /// Next: `intended` when it has arrived, or at `until`, if every gate is still open; the phase
    /// before when one has closed.
    indirect case gatheringEvidence(Gathering)
    /// The restart is decided and handed to the performer, and no outcome is known.
    ///
    /// Next: `restarting` when accepted; `coolingDown` or `exhausted` when refused; `waiting` when
    /// nothing was sent; `unknownOutcome` when the answer was lost, or after a start of the agent.
    case intended(Intent)
    /// A restart may or may not have been accepted. It is never sent again.
    ///
    /// Next: `restarting` when a trace of it is seen; `coolingDown` or `exhausted` at `until`,
    /// when it can no longer land.
    case unknownOutcome(Intent, since: Timestamp, until: Timestamp)
    /// GES accepted the restart.
    ///
    /// Next: `verifying` when the graph runs again; `stalled` when the job failed, nothing
    /// changes, the graph ends in a dead status, or the deadline passes.
    case restarting(Restarting)
    /// The graph runs again and has to prove that it answers.
    ///
    /// Next: `coolingDown` when enough probes in a row were answered; `coolingDown` or `exhausted`
    /// at the deadline.
    case verifying(Verifying)
    /// The graph is stopped, by us or by a restart that ended so, and has to be started.
    ///
    /// Next: `intended` when the gates of a start allow it; `externalAction` when someone else
    /// starts it; `exhausted` at the deadline.
    case stopped(Stopped)
    /// The attempt is over, and the graph is left alone. Next: `idle` at `until`.
    case coolingDown(until: Timestamp, attempt: Int, outcome: AttemptOutcome)
    /// A restart was decided but certainly not sent, a person has just acknowledged, or someone
    /// else has restarted the graph. Next: `idle` at `until`.
    case waiting(until: Timestamp, cause: String)
    /// The attempts are used up and the graph is not well.
    ///
    /// Next: `waiting` when a person acknowledges. Time alone never ends this phase.
    case exhausted(since: Timestamp)
    /// GES accepted the restart, but the graph did not come back. Nothing more is sent.
    ///
    /// Next: `verifying` when the graph runs and answers again; `coolingDown` when a person
    /// acknowledges.
    case stalled(Intent, since: Timestamp, cause: String)
    /// A person rejected or vetoed the restart. Next: `idle` at `until`.
    case suspended(until: Timestamp, by: String, reason: String)
    /// Someone else is stopping or starting the graph. A rest that the graph still owed stays due
    /// until `notBefore`.
    ///
    /// Next: `waiting` when that is over, for as long as after an attempt of our own.
    case externalAction(since: Timestamp, notBefore: Timestamp?)
}

extension Phase {
    /// The fixed set of words for the API and the ledger. Ledgers in use hold these.
    package enum Label: String, CaseIterable, Sendable {
        case idle
        case awaitingApproval = "awaiting_approval"
        case countingDown = "counting_down"
        case gatheringEvidence = "gathering_evidence"
        case intended
        case unknownOutcome = "unknown_outcome"
        case restarting
        case verifying
        case stopped
        case coolingDown = "cooling_down"
        case waiting
        case exhausted
        case stalled
        case suspended
        case externalAction = "external"
    }

    package var label: String {
        let label: Label =
            switch self {
            case .idle: .idle
            case .awaitingApproval: .awaitingApproval
            case .countingDown: .countingDown
            case .gatheringEvidence: .gatheringEvidence
            case .intended: .intended
            case .unknownOutcome: .unknownOutcome
            case .restarting: .restarting
            case .verifying: .verifying
            case .stopped: .stopped
            case .coolingDown: .coolingDown
            case .waiting: .waiting
            case .exhausted: .exhausted
            case .stalled: .stalled
            case .suspended: .suspended
            case .externalAction: .externalAction
            }
        return label.rawValue
    }

    static let unknownOutcomeLabel = Label.unknownOutcome.rawValue

    /// Whether the graph holds one of the places of `Policy.maxConcurrent`. A stalled graph does
    /// not: one that waits for a person must not keep the others from being helped.
    package var isInFlight: Bool {
        switch self {
        case .gatheringEvidence, .intended, .unknownOutcome, .restarting, .stopped: true
        case .verifying(let verifying): !verifying.wasStalled
        default: false
        }
    }

    /// Whether a restart is in progress that the machine tracks to completion.
    package var isFollowed: Bool { intent != nil }

    /// The phase to return to if a restart that is being prepared is dropped.
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

    /// Whether the graph is being stopped, or is stopped, and has to be started by us.
    var owesStart: Bool {
        switch self {
        case .stopped: true
        case .intended(let intent), .unknownOutcome(let intent, _, _): intent.action == .stop
        case .restarting(let restarting): restarting.intent.action == .stop
        default: false
        }
    }

    /// The graph that has to be started; nil in any other phase.
    var stopped: Stopped? {
        if case .stopped(let stopped) = self { stopped } else { nil }
    }

    /// The job that GES named for the restart in progress; nil while it named none.
    package var jobID: String? {
        if case .restarting(let restarting) = self { restarting.jobID } else { nil }
    }

    /// The intent of the attempt that is being followed; nil if none is.
    package var intent: Intent? {
        switch self {
        case .intended(let intent), .unknownOutcome(let intent, _, _), .stalled(let intent, _, _):
            intent
        case .restarting(let restarting): restarting.intent
        case .verifying(let verifying): verifying.intent
        case .stopped(let stopped): stopped.intent
        default: nil
        }
    }
}
