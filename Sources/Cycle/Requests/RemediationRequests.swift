import Remediation
import Rules
import Series

/// Which alerts ask for a restart: those that fire and say so by their labels. It does not matter
/// who wrote the rule or what it is called.
enum RemediationRequests {
    static func from(_ alerts: [ActiveAlert]) -> [RestartRequest] {
        // An alert that was restored after a start counts once its rule has seen it again, and one
        // that only `keep_firing_for` keeps alive no longer counts.
        alerts.filter { $0.firedAt != nil && $0.isConfirmed && $0.keepFiringSince == nil }
            .compactMap(request)
    }

    private static func request(_ alert: ActiveAlert) -> RestartRequest? {
        guard asksForRestart(alert), let hangClass = hangClass(alert.labels) else { return nil }
        let summary = alert.annotations.first { $0.name == "summary" }?.value ?? ""
        return RestartRequest(
            graphID: GraphID(alert.labels["graph_id"]),
            hangClass: hangClass,
            alertname: alert.labels["alertname"],
            reason: summary.isEmpty ? alert.labels["alertname"] : summary,
            activeAt: alert.activeAt
        )
    }

    static func asksForRestart(_ alert: ActiveAlert) -> Bool {
        alert.labels["remediate"] == "restart" && !alert.labels["graph_id"].isEmpty
    }

    /// Without the label `hang` an alert is about a running graph that does not answer: the only
    /// class in which no import, export or clearing can be lost. A value that is not known asks
    /// for nothing.
    static func hangClass(_ labels: Labels) -> HangClass? {
        let label = labels["hang"]
        return label.isEmpty ? .unresponsive : HangClass(rawValue: label)
    }
}
