import Cycle
import Remediation
import Rules
import Series

/// Where one graph stands, in words.
struct GraphSummary: Sendable {
    let statusCode: String
    /// `pending`, `firing` or empty.
    let alert: String
    /// What the agent decided and why; empty when there is nothing to decide.
    let decision: String
    /// Whether the newest attempt ended with the graph answering again.
    let isVerified: Bool

    init?(_ id: String, in status: Status) {
        guard let entry = status.inventory.entries[id] else { return nil }
        statusCode = "\(entry.graph.status)"
        let alerts = status.alerts.filter { $0.labels["graph_id"] == id }
        alert = alerts.map(\.state.name).first ?? ""
        let graphID = GraphID(id)
        let decision = status.machine.decisions[graphID] ?? .idle
        let reasons = decision.holdReasons.map { "\($0)" }
        self.decision =
            decision == .idle
            ? "" : (["\(decision)"] + reasons).joined(separator: " ")
        let record = status.machine.snapshot.records.first { $0.id == graphID }
        isVerified = record?.attempts.last?.ending?.outcome == .verified
    }
}
