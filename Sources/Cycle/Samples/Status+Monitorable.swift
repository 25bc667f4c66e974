import Remediation

extension Status {
    /// The ids of the graphs whose nodes may be read: those that this agent watches, that work, and
    /// that answered every probe of the newest poll. A graph that may hang or that is being
    /// restarted has other things to do, and would not answer.
    package var monitorable: Set<String> {
        let working = samples.lazy.filter { $0.metric == .graphUp && $0.value == 1 }
        let repaired = Set(machine.inFlight.map(\.rawValue))
        return Set(working.compactMap(\.labelValues.first)).subtracting(repaired).filter { id in
            guard let entry = inventory.entries[id], entry.otherWatcher == nil else { return false }
            return entry.answered ?? false
        }
    }
}
