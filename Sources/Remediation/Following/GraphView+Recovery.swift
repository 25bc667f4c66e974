import Diagnosis

// What proves that a graph works again after a restart.

extension GraphView {
    /// Whether the newest look found every probe answered and nothing that contradicts it.
    var isAnswering: Bool {
        guard probe?.answered == true else { return false }
        switch verdict {
        case .healthy, .busy, .flapping: return true
        case .suspect, .hung, .unknown, .starting, .notEligible: return false
        }
    }

    /// Whether the newest look shows that the graph has recovered from this hang; nil if it does
    /// not tell.
    ///
    /// Every sign that was silent has to be alive again. Only where the agent has never reached
    /// the graph is the end of an import, export or clear seen by the end of its alert.
    func hasRecovered(from intent: Intent, isStillReported: Bool) -> Bool? {
        guard let probe, wasReached || intent.hangClass == .unresponsive else {
            return intent.hangClass != .unresponsive && !isStillReported
        }
        guard isAnswering else { return false }
        let words = signs(of: intent).compactMap { probe.signs[$0] }
        return words.contains(.cannotTell) ? nil : words.allSatisfy { $0 == .alive }
    }

    /// Which signs show the recovery, in words; nil if none does.
    func proof(ofRecoveryFrom intent: Intent) -> String? {
        guard let probe else { return nil }
        let silent = signs(of: intent)
        let alive = probe.signs.filter { $0.value == .alive }.map(\.key).sorted()
        let names = silent.isEmpty ? alive : silent
        return names.isEmpty ? nil : names.joined(separator: ", ") + " answered"
    }

    /// The probes that were silent. One that is not configured any more is not asked for.
    private func signs(of intent: Intent) -> [String] {
        (intent.signs ?? []).filter { probe?.signs[$0] != nil }.sorted()
    }
}
