import Time

/// What has to agree before a restart is sent, in the order of evaluation. The mode `shadow` comes
/// last, so that it alone is closed exactly when `auto` would have sent the restart.
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

extension Gate {
    func verdict(on question: GateQuestion) -> GateVerdict {
        switch self {
        case .known: question.known()
        case .mode: question.mode()
        case .selection: question.selection()
        case .detectOnly: question.detectOnly()
        case .pause: question.pause()
        case .external: question.external()
        case .sight: question.sight()
        case .status: question.status()
        case .probe: question.probe()
        case .startupGrace: question.startupGrace()
        case .stateChangeGrace: question.stateChangeGrace()
        case .phase: question.phase()
        case .attempts: question.attempts()
        case .concurrency: question.concurrency()
        case .budget: question.budget()
        case .breaker: question.breaker()
        case .approval: question.approval()
        case .veto: question.veto()
        case .shadow: question.shadow()
        }
    }
}

enum GateVerdict: Hashable {
    /// With what the gate found, for people.
    case open(String)
    case closed(HoldReason)
}

/// Everything that a gate may look at. A gate is a function of this and nothing else.
struct GateQuestion {
    let request: RestartRequest
    let agreement: Agreement
    let graph: GraphView?
    /// The graph's policy; the defaults if it has none, so that each gate can still be explained.
    let policy: Policy
    let record: GraphRecord
    let pauses: [Pause]
    let load: FleetLoad
    let view: FleetView
    let at: Timestamp

    /// Whether a person's order passes over the gates that guard against a wrong diagnosis.
    var isOrdered: Bool {
        if case .ordered = agreement { true } else { false }
    }

    var isAgreed: Bool { agreement != .none }

    /// A graph that nobody has seen has no other facts.
    private var gates: [Gate] { graph == nil ? [.known] : Gate.allCases }

    func findings() -> [GateFinding] {
        gates.map { gate in
            switch gate.verdict(on: self) {
            case .open(let sentence): GateFinding(gate: gate, closedBy: nil, sentence: sentence)
            case .closed(let reason):
                GateFinding(gate: gate, closedBy: reason, sentence: reason.description)
            }
        }
    }

    /// Every closed gate, in evaluation order.
    func closedGates() -> [HoldReason] {
        gates.compactMap { gate in
            if case .closed(let reason) = gate.verdict(on: self) { reason } else { nil }
        }
    }
}
