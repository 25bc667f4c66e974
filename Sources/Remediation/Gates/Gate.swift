/// What must hold before a restart is sent, in the order of evaluation. Every gate is evaluated
/// every time, so that `why` can name all reasons and not the first alone.
///
/// The order is the order of the reasons that people read: what the configuration says, what
/// persons and other systems have decided, what is seen, what was done before, what the fleet is
/// doing. The raw value is the gate's name in the API.
package enum Gate: String, Hashable, Sendable, CaseIterable {
    case known
    case mode
    case selection
    case detectOnly = "detect_only"
    case credential
    case throttle
    case pause
    case maintenance
    case silence
    case blockingAlert = "blocking_alert"
    case provider
    case leadership
    case diagnosis
    case startupGrace = "startup_grace"
    case jobList = "job_list"
    case stateChangeGrace = "state_change_grace"
    case phase
    case ladder
    case attempts
    case concurrency
    case budget
    case killCost = "kill_cost"
    case jobHistory = "job_history"
    case breaker
    case efficacy
    case precision
    case approval
    case veto
    /// Last, so that it alone is closed exactly when `auto` would have sent the restart, or would
    /// have asked because of `precision`.
    case shadow
}

extension Gate {
    /// Gates that close for every graph at once.
    static let ofAll: [Gate] = [
        .detectOnly, .credential, .throttle, .pause, .provider, .leadership, .startupGrace,
        .jobList, .efficacy,
    ]

    func verdict(in context: GateContext) -> GateVerdict {
        switch self {
        case .known: context.known()
        case .mode: context.mode()
        case .selection: context.selection()
        case .detectOnly: context.detectOnly()
        case .credential: context.credential()
        case .throttle: context.throttle()
        case .pause: context.pause()
        case .maintenance: context.maintenance()
        case .silence: context.silence()
        case .blockingAlert: context.blockingAlert()
        case .provider: context.provider()
        case .leadership: context.leadership()
        case .diagnosis: context.diagnosis()
        case .startupGrace: context.startupGrace()
        case .jobList: context.jobList()
        case .stateChangeGrace: context.stateChangeGrace()
        case .phase: context.phase()
        case .ladder: context.ladder()
        case .attempts: context.attempts()
        case .concurrency: context.concurrency()
        case .budget: context.budget()
        case .killCost: context.killCost()
        case .jobHistory: context.jobHistory()
        case .breaker: context.breaker()
        case .efficacy: context.efficacy()
        case .precision: context.precision()
        case .approval: context.approval()
        case .veto: context.veto()
        case .shadow: context.shadow()
        }
    }
}
