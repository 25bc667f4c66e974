import Time

/// Everything that a gate may look at. A gate is a function of this and nothing else.
struct GateContext {
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
        gates.compactMap { gate in
            switch gate.verdict(in: self) {
            case .notApplicable: nil
            case .open(let sentence): GateFinding(gate: gate, closedBy: nil, sentence: sentence)
            case .closed(let reason):
                GateFinding(gate: gate, closedBy: reason, sentence: reason.description)
            }
        }
    }

    /// Every closed gate, in evaluation order.
    func closedGates() -> [HoldReason] {
        gates.compactMap { gate in
            if case .closed(let reason) = gate.verdict(in: self) { reason } else { nil }
        }
    }
}

enum GateVerdict: Hashable {
    /// Nothing in this build and configuration can close the gate here, so it must not pass for a
    /// guard that was asked.
    case notApplicable
    /// With what the gate found, for people.
    case open(String)
    case closed(HoldReason)
}
