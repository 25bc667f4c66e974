import Diagnosis
import Cycle
import GoText
import JSON
import Listener
import Remediation
import Rules
import Series
import Time

/// `/api/v1/alerts/received`: the alerts that other systems sent.
struct AlertsAPI: Sendable {
    let documents: StatusDocuments

    var routes: [Route] { [documents.route("/api/v1/alerts/received", .receivedAlerts)] }

    static func received(_ status: Status) -> [UInt8] {
        let alerts = status.received.newestFirst.prefix(maximumReceived)
        return APIResponse.document(["alerts": .array(alerts.map { received($0, in: status) })])
    }

    /// Bounds the response. The ledger contains all of them.
    private static let maximumReceived = 1_000

    /// A received alert, in the same shape as one of our own rules.
    static func received(_ alert: ReceivedAlert, in status: Status) -> JSONValue {
        let fires = status.firing.contains(alert.key)
        let note = alert.ending.map { "\($0)" } ?? (fires ? "" : "not received again in time")
        return [
            "labels": [
                "alertname": .string(alert.alertname), "graph_id": .string("\(alert.graphID)"),
                "hang": .string(alert.hangClass.rawValue),
                "remediate": alert.blocks ? "block" : "restart",
            ],
            "annotations": ["summary": .string(alert.summary)],
            "state": fires ? "firing" : "inactive",
            "activeAt": .string("\(alert.key.startsAt)"),
            "source": "webhook",
            "fingerprint": .string(alert.key.fingerprint),
            "receivedAt": .string("\(alert.receivedAt)"),
            "lastReceivedAt": .string("\(alert.lastReceivedAt)"),
            "note": .string(note),
        ]
    }

    static func alert(_ alert: ActiveAlert) -> JSONValue {
        let note = alert.isConfirmed ? "" : "unconfirmed: not evaluated as true since the start"
        return [
            "labels": .object(alert.labels.map { JSONMember($0.name, .string($0.value)) }),
            "annotations": .object(
                alert.annotations.map { JSONMember($0.name, .string($0.value)) }
            ),
            "state": .string(alert.state.name),
            "activeAt": .string(alert.activeAt.rfc3339),
            "value": .string(GoFloat.format(alert.value, .scientific)),
            "note": .string(note),
        ]
    }
}
