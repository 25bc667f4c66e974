package import Diagnosis
package import Time

/// Why a restart that is asked for is not carried out. One case feeds the log, the audit trail,
/// the API, `why` and, by its label, the metrics.
package enum HoldReason: Hashable, Sendable {
    /// The agent has never seen the graph.
    case unknownGraph
    case modeOff
    /// No entry of `graphs` in the configuration matches the graph.
    case notSelected
    /// The agent is in trouble, for this cause, and must not act.
    case detectOnly(String)
    case paused(Pause)
    /// A pause has ended, and the graph is observed anew.
    case pauseGrace(until: Timestamp)
    case externalHold(ExternalHold)
    /// No hang is proved.
    case undiagnosed(Verdict)
    /// The alert and the status speak of different kinds of hang.
    case classMismatch(HangClass, statusCode: String)
    /// GES has refused the credential at the restart of this graph.
    case credentialRefused(of: GraphID, at: Timestamp, until: Timestamp)
    /// GES has turned away the restart of this graph, and asks for nothing more until then.
    case throttled(of: GraphID, until: Timestamp)
    /// The job list has not been read since sight began: others may have restarted the graph.
    case jobListUnread(String)
    case startupGrace(until: Timestamp)
    case stateChangeGrace(statusCode: String, until: Timestamp)
    /// A restart of this graph is in progress.
    case busy(phase: String)
    case coolingDown(until: Timestamp, attempt: Int, outcome: AttemptOutcome)
    /// A restart was decided and did not happen: it was not sent, or GES refused it.
    case unsent(until: Timestamp, cause: String)
    /// A person has just acknowledged, or someone else has restarted the graph.
    case waiting(until: Timestamp, cause: String)
    /// A person rejected or vetoed the restart.
    case suspended(until: Timestamp, by: String, reason: String)
    /// Someone else is stopping or starting the graph.
    case externalAction(since: Timestamp)
    case stalled(since: Timestamp)
    case exhausted(since: Timestamp)
    /// The graph has used up a window of `Policy.maxAttempts`. `until` is nil if a person must
    /// acknowledge, because not every attempt in it was verified.
    case attemptsUsed(count: Int, limit: WindowLimit, until: Timestamp?)
    /// Every rung of the ladder was tried, up to this attempt.
    case ladderEnded(Int)
    /// Every place is taken.
    case concurrency(inFlight: [GraphID], limit: Int)
    /// The fleet has used up a window of `Policy.budget`.
    case budgetUsed(count: Int, limit: WindowLimit, until: Timestamp?)
    /// The fleet has used up a window of `Policy.posts`.
    case postsUsed(count: Int, limit: WindowLimit, until: Timestamp?)
    /// The places of the graph's path are taken.
    case pathConcurrency(path: String, inFlight: [GraphID], limit: Int)
    /// Its tasks have done more work than restarts may kill. `killed` is what restarts have killed
    /// in the window.
    case killCost(KillCost, killed: Duration, limit: KillLimit)
    /// So few jobs of the kind that hangs have ended within the last month that nobody can tell what
    /// is normal for this graph. `ended` is nil if the job list was not read.
    case fewJobs(HangClass, ended: Int?, needed: Int)
    /// It has not taken longer than three times what such jobs of this graph usually take.
    case normalDuration(HangClass, p99: Duration, until: Timestamp)
    /// The breaker sees so many sick graphs that a common cause is likely.
    case storm(StormReport)
    /// After a storm the first restart is verified before the next one begins.
    case canary(of: [GraphID])
    /// The restarts of these graphs did not bring them back, of so many that were restarted last.
    case ineffective(graphs: [GraphID], of: Int, until: Timestamp?)
    /// Too few decisions of the kind and entry are known to have been right.
    case imprecise(HangClass, entry: String, Scorecard.Score, Requirement)
    /// `since` is nil while nobody was asked yet.
    case approvalPending(since: Timestamp?)
    /// `until` is nil while nothing was announced yet.
    case vetoPeriod(until: Timestamp?)
    case shadow
}

extension HoldReason {
    /// A word from a fixed set, used as a metric label and in the API.
    package var label: String {
        switch self {
        case .unknownGraph: "unknown_graph"
        case .modeOff: "mode_off"
        case .notSelected: "not_selected"
        case .detectOnly: "detect_only"
        case .paused: "paused"
        case .pauseGrace: "pause_grace"
        case .externalHold(.maintenance), .externalHold(.maintenanceEnded): "maintenance"
        case .externalHold(.silenced), .externalHold(.silencesUnknown): "silenced"
        case .externalHold(.blocked): "blocking_alert"
        case .externalHold(.providerIncident): "provider"
        case .externalHold(.notLeader), .externalHold(.noLeader): "not_leader"
        case .externalHold(.policiesDiffer): "policy_differs"
        case .undiagnosed(let verdict): verdict.holdLabel
        case .classMismatch: "class_mismatch"
        case .credentialRefused: "credential"
        case .throttled: "throttled"
        case .jobListUnread: "job_list"
        case .startupGrace: "startup_grace"
        case .stateChangeGrace: "state_change_grace"
        case .busy, .externalAction: "graph_busy"
        case .coolingDown, .waiting: "cooldown"
        case .unsent: "unsent"
        case .suspended: "suspended"
        case .stalled: "stalled"
        case .exhausted: "exhausted"
        case .attemptsUsed, .ladderEnded: "graph_budget"
        case .concurrency, .pathConcurrency, .budgetUsed, .postsUsed: "fleet_budget"
        case .killCost: "kill_cost"
        case .fewJobs: "job_history"
        case .normalDuration: "normal_duration"
        case .storm, .canary: "storm"
        case .ineffective: "ineffective"
        case .imprecise: "precision"
        case .approvalPending: "approval_pending"
        case .vetoPeriod: "veto_period"
        case .shadow: "shadow"
        }
    }

    /// Every value of `label`, so that the counter of each can start at zero: `rate` would miss
    /// the first event of a series that appears with it.
    package static let labels = [
        "agents_disagree", "approval_pending", "blocking_alert", "class_mismatch", "cooldown",
        "credential", "detect_only", "exhausted", "flapping", "fleet_budget", "graph_budget",
        "graph_busy", "healthy", "ineffective", "job_history", "job_list", "kill_cost",
        "maintenance", "mode_off", "normal_duration", "not_leader", "not_selected", "path",
        "pause_grace", "paused", "policy_differs", "precision", "provider", "shadow", "silenced",
        "stale_data", "stalled", "starting", "startup_grace", "state_change_grace",
        "status_not_eligible", "storm", "suspect", "suspended", "throttled", "unknown",
        "unknown_graph", "unsent",
        "veto_period",
    ]

    /// When time alone lifts the hold; nil if something else has to happen.
    package var until: Timestamp? {
        switch self {
        case .startupGrace(let until), .pauseGrace(let until), .stateChangeGrace(_, let until),
            .credentialRefused(_, _, let until), .throttled(_, let until),
            .coolingDown(let until, _, _), .unsent(let until, _), .waiting(let until, _),
            .suspended(let until, _, _), .normalDuration(_, _, let until):
            until
        case .attemptsUsed(_, _, let until), .budgetUsed(_, _, let until),
            .postsUsed(_, _, let until), .vetoPeriod(let until), .ineffective(_, _, let until):
            until
        case .paused(let pause): pause.until
        case .externalHold(let hold): hold.until
        default: nil
        }
    }
}

extension Verdict {
    fileprivate var holdLabel: String {
        switch self {
        case .healthy: "healthy"
        case .busy: "graph_busy"
        case .suspect: "suspect"
        // The verdict is about another class.
        case .hung: "class_mismatch"
        case .unknown(.sight, _): "stale_data"
        case .unknown(.path, _), .unknown(.pathEvent, _): "path"
        case .unknown(.agents, _): "agents_disagree"
        case .unknown: "unknown"
        case .starting: "starting"
        case .flapping: "flapping"
        case .notEligible: "status_not_eligible"
        }
    }
}

extension [HoldReason] {
    /// The hold that time lifts last. One that time never lifts counts as later than any other.
    var lastToOpen: HoldReason? {
        self.max { ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture) }
    }
}
