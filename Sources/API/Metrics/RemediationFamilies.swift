package import Cycle
package import Exposition
import Remediation

/// The families of `MetricCatalog.graphs`, filled from a status.
package enum RemediationFamilies {
    package static func all(_ status: Status) -> [MetricFamily] {
        var samples: [String: [MetricSample]] = [:]
        func append(_ definition: MetricDefinition, _ labels: [String], _ value: Double) {
            samples[definition.name, default: []].append(MetricSample(labels, value))
        }
        for entry in status.inventory.sorted {
            let id = GraphID(entry.graph.id)
            let names = [entry.graph.id, entry.graph.name]
            let record = status.machine.record(of: id)
            let decision = status.machine.decisions[id] ?? .idle
            append(
                MetricCatalog.graphState,
                names + [RemediationState.label(record.phase, decision)],
                1
            )
            for label in holdLabels(decision) {
                append(MetricCatalog.graphHeld, names + [label], 1)
            }
            let isPending = if case .awaitingApproval = record.phase { 1.0 } else { 0.0 }
            append(MetricCatalog.graphApprovalPending, names, isPending)
            let isExhausted = if case .exhausted = record.phase { 1.0 } else { 0.0 }
            append(MetricCatalog.graphExhausted, names, isExhausted)
            append(MetricCatalog.graphRestarts, names, Double(record.attemptCount))
        }
        return MetricCatalog.graphs.compactMap { definition in
            samples[definition.name].map { definition.family($0) }
        }
    }

    /// Without duplicates: a gate may give several reasons with one label.
    private static func holdLabels(_ decision: Decision) -> Set<String> {
        if case .shadow = decision { return [HoldReason.shadow.label] }
        return Set(decision.holdReasons.map(\.label))
    }
}
