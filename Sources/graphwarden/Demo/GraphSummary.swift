import Cycle
import Remediation
import Rules
import Series

/// The state of one graph as text.
struct GraphSummary: Sendable {
    let statusCode: String
    /// `pending`, `firing` or empty.
    let alert: String
    /// The agent's decision with its reasons; empty if the graph is idle.
    let decision: String
    /// Whether the latest restart attempt was verified: the graph responds again.
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
