import Cycle
import Diagnosis
import Remediation
import Time

/// What the cycle decided in the course of a replay.
struct Journal {
    private(set) var decisions: [RestartDecision] = []
    private var holds: [String: BacktestResult.Hold] = [:]
    private var heldGraphs: [String: Set<String>] = [:]
    private(set) var hasStepped = false
    var polls = 0
    /// Polls whose listing failed.
    var failures = 0
    /// Times without samples that are longer than those of a poll.
    var gaps = 0
    /// Readings of graphs that were replayed.
    var graphPolls = 0

    mutating func note(_ ready: Ready, at now: Timestamp) {
        hasStepped = true
        for intent in ready.toDisk.changes.intents {
            decisions.append(RestartDecision(intent, at: now))
        }
        for entry in ready.toDisk.changes.audit {
            switch entry.kind {
            case .held: note(hold: entry)
            case .wouldRestart:
                let graph = entry.graphID?.rawValue ?? ""
                let name = ready.status.inventory.entries[graph]?.graph.name ?? ""
                decisions.append(RestartDecision(shadow: entry, graphName: name, at: now))
            case .ended:
                if let place = decisions.lastIndex(where: { $0.intentID == entry.intentID }) {
                    decisions[place].ending = entry.reason
                }
            default: break
            }
        }
    }

    private mutating func note(hold entry: AuditEntry) {
        let graph = entry.graphID?.rawValue ?? ""
        heldGraphs[entry.reason, default: []].insert(graph)
        var hold =
            holds[entry.reason]
            ?? BacktestResult.Hold(reason: entry.reason, example: entry.detail, exampleAt: entry.at)
        hold.count += 1
        hold.graphs = heldGraphs[entry.reason]?.count ?? 0
        holds[entry.reason] = hold
    }

    /// The recording shows that the decision was carried out.
    mutating func noteCoincidence(_ intentID: String) {
        if let place = decisions.lastIndex(where: { $0.intentID == intentID }) {
            decisions[place].isRecorded = true
        }
    }

    var holdCounts: [BacktestResult.Hold] {
        holds.values.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
}
