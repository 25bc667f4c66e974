import Cycle
import GoText
import JSON
import Listener
import Logging
import Remediation
import Series
import Time

/// Receives alerts from Alertmanager and Prometheus. Responds once they are on disk, without
/// waiting for a decision about them.
struct WebhookAPI: Sendable {
    let receiver: any AlertReceiver
    let metrics: MetricRegistry
    let tally: LogTally
    let board: StatusBoard
    let now: @Sendable () -> Timestamp

    /// Further messages are refused, and their senders retry.
    private static let maximumInFlight = 16
    /// Alerts that are logged one by one within a minute. Metrics count all.
    private static let maximumLogLines = 20

    init(
        receiver: any AlertReceiver,
        metrics: MetricRegistry,
        tally: LogTally,
        board: StatusBoard,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.receiver = receiver
        self.metrics = metrics
        self.tally = tally
        self.board = board
        self.now = now
        let limits = [
            (MetricCatalog.webhookMessageLimit, AlertFormat.limits.maximumBytes),
            (MetricCatalog.webhookAlertsLimit, IncomingAlert.mostInOneMessage),
            (MetricCatalog.webhookLabelsLimit, IncomingAlert.mostLabels),
            (MetricCatalog.webhookHeldLimit, ReceivedAlerts.capacity),
        ]
        for (metric, value) in limits { metrics.set(metric, to: Double(value)) }
    }

    var routes: [Route] {
        routes("/api/v1/alertmanager", .alertmanagerWebhook)
            + routes("/api/v2/alerts", .prometheusAlerts)
    }

    /// Two routes, of which at most one exists at a time, because a reload may change the token.
    /// With a webhook token, no other authentication is required; without one, the users of the web
    /// configuration apply. Without the section `webhook` neither route exists.
    private func routes(_ path: String, _ format: AlertFormat) -> [Route] {
        [true, false].map { hasToken in
            var route = Route("POST", path, maximumBodyBytes: AlertFormat.limits.maximumBytes) {
                await receive($0, format, requiresToken: hasToken)
            }
            route.maximumInFlight = Self.maximumInFlight
            route.requiresAuthentication = !hasToken
            if hasToken { route.precondition = { tokenRefusal($0) } }
            route.exists = { [receiver] in
                receiver.acceptsAlerts && receiver.requiresToken == hasToken
            }
            return route
        }
    }

    private func receive(
        _ request: ServerRequest,
        _ format: AlertFormat,
        requiresToken: Bool
    ) async -> Reply {
        metrics.add(to: MetricCatalog.webhookNotifications)
        do throws(WebhookRefusal) {
            if requiresToken { try checkToken(request) }
            let at = now()
            let message: AlertNotification
            do {
                message = try format.message(request.body, at: at)
            } catch {
                throw WebhookRefusal.unreadable(error)
            }
            let receptions: [Reception]
            do throws(WebhookRefusal) {
                receptions = try await receiver.receive(message.alerts)
            } catch {
                if case .notReady(let receptions) = error { noteNew(message, receptions) }
                throw error
            }
            note(message, receptions)
            return Self.answer(message, receptions)
        } catch {
            return refuse(error)
        }
    }

    /// Refuses a sender without the token before it has sent its message.
    private func tokenRefusal(_ request: ServerRequest) -> ServerResponse? {
        do throws(WebhookRefusal) {
            try checkToken(request)
            return nil
        } catch {
            metrics.add(to: MetricCatalog.webhookNotifications)
            guard case .response(let response) = refuse(error) else { return nil }
            return response
        }
    }

    private func checkToken(_ request: ServerRequest) throws(WebhookRefusal) {
        guard try !receiver.isTokenPresented(by: request) else { return }
        tally.log("Refused alerts without a valid token", ["address": "\(request.remoteAddress)"])
        throw .unauthorized
    }

    // MARK: Answers

    /// - Parameter receptions: of the readable alerts, in their order.
    private static func answer(_ message: AlertNotification, _ receptions: [Reception]) -> Reply {
        var rest = receptions[...]
        let alerts = message.entries.compactMap { entry -> JSONValue? in
            switch entry {
            case .success(let alert): rest.popFirst().map { answer(alert, $0) }
            case .failure(let error): ["status": "unreadable", "reason": .string("\(error)")]
            }
        }
        return APIResponse.success([
            "alerts": .array(alerts),
            "truncatedAlerts": .integer(Int64(message.truncatedAlerts)),
        ])
    }

    private static func answer(_ alert: IncomingAlert, _ reception: Reception) -> JSONValue {
        [
            "fingerprint": .string(
                alert.fingerprint.displayed(atMost: String.displayedIdentifierMaximum)
            ),
            "alertname": .string(alert.alertname.displayed(atMost: 200)),
            "startsAt": .string("\(alert.startsAt)"),
            "status": .string(reception.label),
            "reason": .string(reason(alert, reception)),
        ]
    }

    /// Names the limit that an alert exceeds.
    private static func reason(_ alert: IncomingAlert, _ reception: Reception) -> String {
        guard reception == .ignored(.tooLarge) else { return reception.reason }
        return alert.exceededLimit ?? reception.reason
    }

    private func refuse(_ refusal: WebhookRefusal) -> Reply {
        metrics.add(to: MetricCatalog.webhookInvalid, refusal.reason)
        switch refusal {
        case .unauthorized:
            var reply = APIResponse.failure(401, "unauthorized", refusal.text)
            if case .response(var response) = reply {
                response.headers["WWW-Authenticate"] = "Bearer realm=\"graphwarden\""
                reply = .response(response)
            }
            return reply
        case .unreadable:
            tally.log("Received a malformed alert message", ["err": "\(refusal.text)"])
            return APIResponse.failure(refusal.status, "bad_data", refusal.text)
        case .token, .notReady, .full, .notStored:
            tally.log("Refused alerts", reason: refusal.reason, ["err": "\(refusal.text)"])
            return APIResponse.failure(refusal.status, "unavailable", refusal.text)
        }
    }

    // MARK: Metrics and log

    private func note(_ message: AlertNotification, _ receptions: [Reception]) {
        if message.truncatedAlerts > 0 {
            metrics.add(Double(message.truncatedAlerts), to: MetricCatalog.webhookTruncated)
            tally.log(
                "The sender truncated alerts; set max_alerts: 0 in its webhook_config",
                ["truncated": "\(message.truncatedAlerts)"]
            )
        }
        noteUnreadable(message)
        for (alert, reception) in zip(message.alerts, receptions) {
            let status = alert.status == .resolved ? "resolved" : "firing"
            metrics.add(to: MetricCatalog.webhookReceived, status)
            switch reception {
            case .duplicate: metrics.add(to: MetricCatalog.webhookDeduplicated)
            case .ignored(let reason):
                metrics.add(to: MetricCatalog.webhookIgnored, reason.rawValue)
            case .accepted, .resolved: break
            }
            log(alert, reception)
        }
    }

    /// What became of the alerts of a message that is to be sent again. Only what is new then: the
    /// rest is counted when it comes again.
    private func noteNew(_ message: AlertNotification, _ receptions: [Reception]) {
        for (alert, reception) in zip(message.alerts, receptions) where reception.isNew {
            log(alert, reception)
        }
    }

    /// One line for a message, with the first mistake.
    private func noteUnreadable(_ message: AlertNotification) {
        var first: JSONError?
        var count = 0
        for case .failure(let error) in message.entries {
            first = first ?? error
            count += 1
        }
        guard let first else { return }
        metrics.add(Double(count), to: MetricCatalog.webhookUnreadable)
        tally.log(
            "Some alerts of a message cannot be read; the others were received",
            ["unreadable": "\(count)", "err": "\(first)"]
        )
    }

    private func log(_ alert: IncomingAlert, _ reception: Reception) {
        let graphID = alert.labels["graph_id"]
        tally.log(
            "Received an alert by webhook",
            level: reception.isNew ? .info : .debug,
            reason: reception.label,
            atMost: Self.maximumLogLines,
            [
                "alertname": "\(alert.alertname)", "graph_id": "\(graphID)",
                "graph_name": "\(board.graphName(graphID))",
                "fingerprint": "\(alert.fingerprint)",
                "became": "\(reception.label)",
                "reason": "\(Self.reason(alert, reception))",
            ]
        )
    }
}

extension Reception {
    fileprivate var isNew: Bool { self == .accepted || self == .resolved }
}
