import Diagnosis

/// What a person may pass over who orders a restart and names it. Every other closed gate holds an
/// ordered restart as well.
///
/// | never passed over                      | instead                                       |
/// |----------------------------------------|-----------------------------------------------|
/// | detect-only (ledger, clock, leader)    | the agent cannot keep its promises; mend it   |
/// | the graph is not seen, or its status   | GES documents a restart for four statuses     |
/// | a restart or job of it in progress     | wait for its end                              |
/// | a pause                                | resume                                        |
/// | `mode: off`, no entry of `graphs`      | change the configuration                      |
/// | places, budget, POSTs, a hard storm    | they bound the damage of everything together  |
/// | GES asks to send nothing (429)         | it would refuse                               |
///
/// Approvals, announcements and `mode: shadow` need no override: the order is the person whom they
/// wait for.
package enum Override: String, Hashable, Sendable, Codable, CaseIterable {
    /// No hang is proved: the graph answers, or what it does is not known.
    case diagnosis
    /// The verdict changes too often for automation.
    case flapping
    /// The graph still owes a rest: after an attempt, a restart by someone else or an
    /// acknowledgement.
    case cooldown
    /// A person rejected or vetoed a restart.
    case suspension
    /// The last restart stalled, and nobody has acknowledged it.
    case stalled
    /// The attempts are used up.
    case attempts
    case maintenance
    case silence
    /// An alert that blocks restarts fires.
    case blockingAlert = "blocking_alert"
    /// The cloud fails or throttles requests.
    case provider
    /// After a storm another restart has to be verified first.
    case breaker
    /// GES refused the credential at another restart.
    case credential
    /// Observing after a start, a loss of sight or a pause.
    case startupGrace = "startup_grace"
    case stateChangeGrace = "state_change_grace"
    /// The job list was not read since the start.
    case jobList = "job_list"
    /// A restart was sent, and its outcome is not known: it may land yet. Never named in a list,
    /// but given by typing the name of the graph.
    case unknownOutcome = "unknown_outcome"

    /// Those that an order may name.
    package static let named = allCases.filter { $0 != .unknownOutcome }
}

extension Override: Comparable {
    package static func < (lhs: Override, rhs: Override) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension HoldReason {
    /// What an order has to name to pass; nil if no order does.
    package var override: Override? {
        switch self {
        case .undiagnosed(let verdict): verdict.override
        case .credentialRefused: .credential
        case .jobListUnread: .jobList
        case .startupGrace, .pauseGrace: .startupGrace
        case .stateChangeGrace: .stateChangeGrace
        case .busy(Phase.unknownOutcomeLabel): .unknownOutcome
        case .coolingDown, .unsent, .waiting: .cooldown
        case .suspended: .suspension
        case .stalled: .stalled
        case .exhausted, .attemptsUsed, .ladderEnded: .attempts
        case .externalHold(.maintenance), .externalHold(.maintenanceEnded): .maintenance
        case .externalHold(.silenced), .externalHold(.silencesUnknown): .silence
        case .externalHold(.blocked): .blockingAlert
        case .externalHold(.providerIncident): .provider
        case .canary: .breaker
        default: nil
        }
    }
}

extension Verdict {
    fileprivate var override: Override? {
        switch self {
        case .flapping: .flapping
        // The restart would end the work, or could not even be judged.
        case .busy, .notEligible, .unknown(.sight, _): nil
        case .healthy, .suspect, .hung, .starting, .unknown: .diagnosis
        }
    }
}
