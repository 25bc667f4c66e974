import Cycle
import Diagnosis
import Remediation
import Time

/// One graph in the list of the fleet.
struct FleetRow {
    let id: String
    let name: String
    let status: String
    let verdict: String
    /// Since when the verdict holds, or for verdicts that do not tell, the status.
    let since: Timestamp
    let mode: String
    let entry: String
    let state: String
    let reasons: [String]
    let restartedAt: Timestamp?

    init(_ entry: Inventory.Entry, _ status: Status) {
        let graphID = GraphID(entry.graph.id)
        let view = status.view.graphs[graphID]
        let record = status.machine.record(of: graphID)
        let decision = status.machine.decisions[graphID] ?? .idle
        id = entry.graph.id
        name = entry.graph.name
        self.status = entry.graph.status.code
        verdict = view?.verdict.label ?? "unknown"
        since = view?.verdict.since ?? entry.statusSince
        mode = view?.policy?.mode.rawValue ?? "unselected"
        self.entry = view?.entry ?? "no entry"
        state = RemediationState.label(record.phase, decision)
        reasons = decision.holdReasons.map { "\($0)" }
        restartedAt = record.attempts.last?.createdAt
    }

    /// The worst first.
    var rank: Int { VerdictCounts.order.firstIndex(of: verdict) ?? 0 }
}
