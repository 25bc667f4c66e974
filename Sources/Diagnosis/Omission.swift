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
        default: break
        }
        return rest
    }
}
