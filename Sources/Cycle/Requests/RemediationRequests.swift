import Diagnosis
import Remediation
import Rules
import Series
import Time

/// Finds the alerts that ask for a restart: firing alerts with the labels for it, whatever the name
/// of the rule.
enum RemediationRequests {
    static func from(_ alerts: [ActiveAlert], at now: Timestamp) -> [RestartRequest] {
        alerts.filter(mayAsk).compactMap { request($0, at: now) }
    }

    /// The alerts that ask for a restart.
    static func asking(_ alerts: [ActiveAlert], at now: Timestamp) -> [ActiveAlert] {
        alerts.filter { mayAsk($0) && request($0, at: now) != nil }
    }

    /// A restored alert counts once an evaluation has confirmed it. An alert that fires only
    /// because of `keep_firing_for` does not count.
    private static func mayAsk(_ alert: ActiveAlert) -> Bool {
        alert.firedAt != nil && alert.isConfirmed && alert.keepFiringSince == nil
    }

    /// The graphs that these alerts are about if they fire, whether they ask for a restart or not
    /// yet: one that was restored waits for an evaluation, and one whose rule fails for its end.
    static func graphs(firing alerts: [ActiveAlert]) -> Set<GraphID> {
        Set(
            alerts.lazy
                .filter { $0.firedAt != nil && $0.keepFiringSince == nil && asksForRestart($0) }
                .map { GraphID($0.labels["graph_id"]) }
        )
    }

    /// A condition that a reload changed has to hold for as long as any other.
    private static func request(_ alert: ActiveAlert, at now: Timestamp) -> RestartRequest? {
        guard asksForRestart(alert), let hangClass = hangClass(alert.labels),
            let since = alert.heldSince, now - since >= alert.holdDuration
        else { return nil }
        let summary = alert.annotations.first { $0.name == "summary" }?.value ?? ""
        return RestartRequest(
            graphID: GraphID(alert.labels["graph_id"]),
            hangClass: hangClass,
            alertname: alert.labels["alertname"],
            reason: summary.isEmpty ? alert.labels["alertname"] : summary,
            activeAt: since,
            firedAt: alert.firedAt,
            holdMilliseconds: alert.holdDuration.wholeMilliseconds
        )
    }

    static func asksForRestart(_ alert: ActiveAlert) -> Bool {
        alert.labels["remediate"] == "restart" && !alert.labels["graph_id"].isEmpty
    }

    /// Without the label `hang` an alert is about an unresponsive graph, the only class in which no
    /// import, export or clear can be lost. An unknown value asks for nothing.
    static func hangClass(_ labels: Labels) -> HangClass? {
        let label = labels["hang"]
        return label.isEmpty ? .unresponsive : HangClass(rawValue: label)
    }
}
