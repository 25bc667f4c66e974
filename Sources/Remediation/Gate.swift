/// What has to agree before a restart is sent, in the order of evaluation.
package enum Gate: String, Hashable, Sendable, CaseIterable {
    case known
    case mode
    case selection
    case detectOnly = "detect_only"
    case pause
    case external
    case sight
    case status
    case probe
    case startupGrace = "startup_grace"
    case stateChangeGrace = "state_change_grace"
    case phase
    case attempts
    case concurrency
    case budget
    case breaker
    case approval
    case veto
    case shadow
}
