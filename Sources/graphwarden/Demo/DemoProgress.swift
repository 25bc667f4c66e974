import Cycle
import Agent

/// Compares each status with the previous one, so that the narrator reports only changes.
struct DemoProgress {
    private(set) var isRecovered = false
    private var graphCount = 0
    private var lastDecision = ""
    private var lastStatus = ""
    private var lastAlert = ""

    mutating func changes(_ status: Status, hungGraph: String?) -> [String] {
        var lines: [String] = []
        if status.inventory.graphs.count != graphCount {
            graphCount = status.inventory.graphs.count
            lines.append("The agent sees \(graphCount) graphs.")
        }
        guard let hungGraph, let summary = GraphSummary(hungGraph, in: status) else { return lines }
        if summary.alert != lastAlert, !summary.alert.isEmpty {
            lines.append("The alert GraphUnresponsive is \(summary.alert).")
        }
        if summary.statusCode != lastStatus, !lastStatus.isEmpty {
            lines.append("The status of the graph is now \(summary.statusCode).")
        }
        if summary.decision != lastDecision, summary.decision != "" {
            lines.append("Decision: \(summary.decision).")
        }
        if summary.isVerified, !isRecovered {
            isRecovered = true
            lines.append("The graph responds again; the restart is verified.")
        }
        lastAlert = summary.alert
        lastStatus = summary.statusCode
        lastDecision = summary.decision
        return lines
    }
}
