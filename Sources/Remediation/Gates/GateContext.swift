import Time

/// Everything that a gate may look at. A gate is a function of this and of nothing else, so a
/// verdict can be repeated, explained and tested as a row of a table.
struct GateContext {
    let request: RestartRequest
    let agreement: Agreement
    /// What would be done; nil if every rung of the ladder was tried.
    let remedy: Remedy?
    /// nil if the agent has never seen the graph.
    let graph: GraphView?
    /// The graph's policy. The defaults if it has none, so that each gate can still be explained.
    let policy: Policy
    let record: GraphRecord
    let pauses: [Pause]
    /// Pauses that ended, the last one of each scope.
    let endedPauses: [PauseScope: Pause]
    let load: FleetLoad
    let populations: Populations
    let adoption: Adoption
    let scorecard: Scorecard
    let view: FleetView
    let at: Timestamp

    /// Whether a person has ordered the restart.
    var isOrdered: Bool {
        if case .ordered = agreement { true } else { false }
    }

    /// Whether a person has approved or ordered the restart.
    var isAgreed: Bool { agreement != .none }

    /// Whether a person has ordered the restart and named what this hold guards against.
    func isOverridden(_ reason: HoldReason) -> Bool {
        guard case .ordered(_, let overrides) = agreement, let override = reason.override else {
            return false
        }
        return overrides.contains(override)
    }

    private func verdict(of gate: Gate) -> GateVerdict {
        let verdict = gate.verdict(in: self)
        guard case .closed(let reason) = verdict, isOverridden(reason) else { return verdict }
        return .open("overridden by order: \(reason)")
    }

    /// A graph that was never seen has no other facts.
    private var gates: [Gate] {
        let omitted = view.omittedGates
        guard graph != nil || omitted.contains(.known) else { return [.known] }
        return omitted.isEmpty ? Gate.allCases : Gate.allCases.filter { !omitted.contains($0) }
    }

    /// What every gate says, for people.
    func findings() -> [GateFinding] {
        gates.compactMap { gate in
            switch verdict(of: gate) {
            case .notApplicable: nil
            case .open(let sentence): GateFinding(gate: gate, closedBy: nil, sentence: sentence)
            case .closed(let reason):
                GateFinding(gate: gate, closedBy: reason, sentence: reason.description)
            }
        }
    }

    /// The reasons of all closed gates, in evaluation order.
    func closedGates() -> [HoldReason] {
        gates.compactMap { gate in
            if case .closed(let reason) = verdict(of: gate) { reason } else { nil }
        }
    }
}

enum GateVerdict: Hashable {
    /// Nothing in this build and configuration can close the gate here. It is not listed: it must
    /// not pass for a guard that was asked.
    case notApplicable
    /// With what the gate found, as a sentence for people.
    case open(String)
    case closed(HoldReason)
}
