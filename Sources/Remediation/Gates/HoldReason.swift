package import Time

/// Why a restart that was asked for is not carried out.
package enum HoldReason: Hashable, Sendable {
    case unknownGraph
    case modeOff
    case notSelected
    case detectOnly(String)
    case paused(Pause)
    case externalHold(ExternalHold)
    /// The agent sees nothing at the moment.
    case blind
    case staleReading(observedAt: Timestamp?, freshness: Duration)
    case neverReached
    case staleProbe(at: Timestamp, freshness: Duration)
    /// The graph is said to be unresponsive, but its newest probe was answered.
    case answering(at: Timestamp)
    /// A restart is not documented for this status.
    case statusNotEligible(String)
    /// The rule and the status speak of different kinds of hang.
    case classMismatch(HangClass, statusCode: String)
    case startupGrace(until: Timestamp)
    case stateChangeGrace(statusCode: String, until: Timestamp)
    /// A restart of this graph is under way.
    case busy(phase: String)
    case coolingDown(until: Timestamp, attempt: Int, outcome: AttemptOutcome)
    case waiting(until: Timestamp, cause: String)
    case suspended(until: Timestamp, by: String, reason: String)
    case externalAction(since: Timestamp)
    case stalled(since: Timestamp)
    case exhausted(since: Timestamp)
    case attemptsUsed(count: Int, limit: WindowLimit, until: Timestamp?)
    case concurrency(inFlight: [GraphID], limit: Int)
    case budgetUsed(count: Int, limit: WindowLimit, until: Timestamp?)
    case storm(StormLevel, sick: Int, threshold: Int)
    /// nil while nobody was asked yet.
    case approvalPending(since: Timestamp?)
    /// nil while nothing was announced yet.
    case vetoPeriod(until: Timestamp?)
    case shadow
}

extension HoldReason {
    /// A bounded word, for metric labels.
    package var label: String {
        switch self {
        case .unknownGraph: "unknown_graph"
        case .modeOff: "mode_off"
        case .notSelected: "not_selected"
        case .detectOnly: "detect_only"
        case .paused: "paused"
        case .externalHold(.maintenance): "maintenance"
        case .externalHold(.silenced): "silenced"
        case .externalHold(.notLeader): "not_leader"
        case .blind, .staleReading, .neverReached, .staleProbe: "stale_data"
        case .answering, .classMismatch: "class_mismatch"
        case .statusNotEligible: "status_not_eligible"
        case .startupGrace: "startup_grace"
        case .stateChangeGrace: "state_change_grace"
        case .busy, .externalAction: "graph_busy"
        case .coolingDown, .waiting: "cooldown"
        case .suspended: "suspended"
        case .stalled, .exhausted: "quarantined"
        case .attemptsUsed: "graph_budget"
        case .concurrency, .budgetUsed: "fleet_budget"
        case .storm: "storm"
        case .approvalPending: "approval_pending"
        case .vetoPeriod: "veto_period"
        case .shadow: "dry_run"
        }
    }

    /// Every value that `label` can take, so that a counter can start at zero for each.
    package static let labels = [
        "approval_pending", "class_mismatch", "cooldown", "detect_only", "dry_run", "fleet_budget",
        "graph_budget", "graph_busy", "maintenance", "mode_off", "not_leader", "not_selected",
        "paused", "quarantined", "silenced", "stale_data", "startup_grace", "state_change_grace",
        "status_not_eligible", "storm", "suspended", "unknown_graph", "veto_period",
    ]

    /// When time alone lifts it; nil if something else has to happen.
    package var until: Timestamp? {
        switch self {
        case .startupGrace(let until), .stateChangeGrace(_, let until),
            .coolingDown(let until, _, _), .waiting(let until, _), .suspended(let until, _, _):
            until
        case .attemptsUsed(_, _, let until), .budgetUsed(_, _, let until), .vetoPeriod(let until):
            until
        case .paused(let pause): pause.until
        default: nil
        }
    }
}

extension [HoldReason] {
    /// The one that time lifts last; one that it never lifts before any other.
    var lastToOpen: HoldReason? {
        self.max { ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture) }
    }
}
