/// One rule that is left out, to show that a test notices. The agent never sets it.
package enum Omission: String, Hashable, Sendable, CaseIterable {
    case front, engine, tasks, queries, jobs
    case pathProof = "path_proof"
    case pathEvent = "path_event"
    case fallback, misdirected
    case newlySick = "newly_sick"
    case inScope = "in_scope"
    case reached, quarantined
    case allSilent = "all_silent"
    case settle, canary
    // One for each gate of Remediation, which must hold before a restart is sent.
    case gateMode = "gate_mode"
    case gateSelection = "gate_selection"
    case gateDiagnosis = "gate_diagnosis"
    case gateStartupGrace = "gate_startup_grace"
    case gateStateChangeGrace = "gate_state_change_grace"
    case gateAttempts = "gate_attempts"
    case gateConcurrency = "gate_concurrency"
    case gateBudget = "gate_budget"
    case gateBreaker = "gate_breaker"
    case gateApproval = "gate_approval"
    case gateVeto = "gate_veto"
    case gateShadow = "gate_shadow"
}

extension Omission {
    /// The raw value of the gate that is left out; nil for another rule.
    package var gate: String? {
        let prefix = "gate_"
        return rawValue.hasPrefix(prefix) ? String(rawValue.dropFirst(prefix.count)) : nil
    }
}

extension Observation {
    /// The observation as if this sign did not exist.
    func without(_ sign: Omission) -> Observation {
        var rest = self
        switch sign {
        case .front: rest.probes.removeAll { !Probe.isEngine($0.kind) }
        case .engine: rest.probes.removeAll { Probe.isEngine($0.kind) }
        case .tasks: rest.tasks = nil
        case .queries: rest.queries = nil
        case .jobs: rest.jobs = nil
        case .fallback: rest.probes = probes.map { Probe(kind: $0.kind, answer: $0.onPath) }
        default: break
        }
        return rest
    }
}
