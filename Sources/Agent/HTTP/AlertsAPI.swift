import JSON
import Listener
import Rules
import Series

/// `/api/v1/alerts` in Prometheus' shape.
struct AlertsAPI: Sendable {
    let board: StatusBoard

    var routes: [Route] {
        [
            Route("GET", "/api/v1/alerts") { _ in
                let alerts = board.current.alerts.map(Self.alert)
                return APIResponse.success(["alerts": .array(alerts)])
            }
        ]
    }

    static func alert(_ alert: ActiveAlert) -> JSONValue {
        [
            "labels": .object(alert.labels.map { JSONMember($0.name, .string($0.value)) }),
            "annotations": .object(
                alert.annotations.map { JSONMember($0.name, .string($0.value)) }
            ),
            "state": .string(alert.state.name),
            "activeAt": .string(alert.activeAt.rfc3339Milliseconds),
            "value": .string("\(alert.value)"),
        ]
    }
}
