import Cycle
import JSON
import Listener
import Logging
import Remediation
import Series
import Synchronization
import Time

/// Where alerts of others arrive. Answers as soon as they are on the disk; acting comes later.
struct WebhookAPI: Sendable {
    let receiver: any AlertReceiver
    let metrics: MetricRegistry
    let logger: Logger
    let now: @Sendable () -> Timestamp
    private let strangers = Strangers()

    /// More messages at a time wait at their senders.
    private static let mostAtATime = 16
    /// Of one message; the metrics count all.
    private static let mostLogLines = 20

    init(
        receiver: any AlertReceiver,
        metrics: MetricRegistry,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.receiver = receiver
        self.metrics = metrics
        self.logger = logger
        self.now = now
    }

    var routes: [Route] {
        routes("/api/v1/alertmanager", .alertmanagerWebhook)
            + routes("/api/v2/alerts", .prometheusAlerts)
    }

    /// With a token of its own the endpoint asks for no other proof; without one the users of the
    /// whole server count. Neither is there without the section `webhook`.
    private func routes(_ path: String, _ form: AlertForm) -> [Route] {
        [true, false].map { hasToken in
            var route = Route("POST", path, maximumBodyBytes: AlertForm.limits.maximumBytes) {
                await receive($0, form, requiresToken: hasToken)
            }
            route.maximumInFlight = Self.mostAtATime
            route.requiresAuthentication = !hasToken
            route.exists = { [receiver] in
                receiver.acceptsAlerts && receiver.requiresToken == hasToken
            }
            return route
        }
    }

    private func receive(
        _ request: ServerRequest,
        _ form: AlertForm,
        requiresToken: Bool
    ) async -> Reply {
        metrics.add(to: MetricCatalog.webhookNotifications)
        do throws(WebhookRefusal) {
            if requiresToken { try checkToken(request) }
            let at = now()
            let message: AlertNotification
            do {
                message = try form.message(request.body, at: at)
            } catch {
                throw WebhookRefusal.unreadable(error)
            }
            let receptions = try await receiver.receive(message.alerts)
            note(message, receptions)
            return Self.answer(message, receptions)
        } catch {
            return refuse(error)
        }
    }

    private func checkToken(_ request: ServerRequest) throws(WebhookRefusal) {
        let isShown = try receiver.isTokenPresented(by: request)
        if strangers.note(isStranger: !isShown) {
            logger.warning(
                "An alert came without the right token; further ones are only counted",
                metadata: ["address": "\(request.remoteAddress)"]
            )
        }
        if !isShown { throw .unauthorized }
    }

    // MARK: Answers

    private static func answer(_ message: AlertNotification, _ receptions: [Reception]) -> Reply {
        let alerts = zip(message.alerts, receptions).map { alert, reception -> JSONValue in
            [
                "fingerprint": .string(alert.fingerprint.asOneLine(atMost: 64)),
                "alertname": .string(alert.alertname.asOneLine()),
                "startsAt": .string("\(alert.startsAt)"),
                "status": .string(reception.label),
                "reason": .string(reception.reason),
            ]
        }
        return APIResponse.success([
            "alerts": .array(alerts),
            "truncatedAlerts": .integer(Int64(message.truncatedAlerts)),
        ])
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
            logger.warning(
                "A message with alerts is not readable",
                metadata: ["err": "\(refusal.text)"]
            )
            return APIResponse.failure(refusal.status, "bad_data", refusal.text)
        case .token, .notReady, .full, .notStored:
            logger.warning("Alerts were not taken", metadata: ["err": "\(refusal.text)"])
            return APIResponse.failure(refusal.status, "unavailable", refusal.text)
        }
    }

    // MARK: Keeping account

    private func note(_ message: AlertNotification, _ receptions: [Reception]) {
        if message.truncatedAlerts > 0 {
            metrics.add(Double(message.truncatedAlerts), to: MetricCatalog.webhookTruncated)
            logger.warning(
                "The sender left alerts out; set max_alerts: 0 in its webhook_config",
                metadata: ["truncated": "\(message.truncatedAlerts)"]
            )
        }
        for (index, (alert, reception)) in zip(message.alerts, receptions).enumerated() {
            let status = alert.status == .resolved ? "resolved" : "firing"
            metrics.add(to: MetricCatalog.webhookReceived, status)
            switch reception {
            case .duplicate: metrics.add(to: MetricCatalog.webhookDeduplicated)
            case .ignored(let reason):
                metrics.add(to: MetricCatalog.webhookIgnored, reason.rawValue)
            case .accepted, .resolved: break
            }
            if index < Self.mostLogLines { log(alert, reception) }
        }
    }

    private func log(_ alert: IncomingAlert, _ reception: Reception) {
        let isNew = reception == .accepted || reception == .resolved
        logger.log(
            level: isNew ? .info : .debug,
            "Received an alert by webhook",
            metadata: [
                "alertname": "\(alert.alertname.asOneLine())",
                "graph_id": "\(alert.labels["graph_id"].asOneLine(atMost: 64))",
                "fingerprint": "\(alert.fingerprint.asOneLine(atMost: 64))",
                "became": "\(reception.label)", "reason": "\(reception.reason)",
            ]
        )
    }
}

/// Whether the last sender was a stranger: said once, and again after somebody who is none.
private final class Strangers: Sendable {
    private let wasStranger = Mutex(false)

    func note(isStranger: Bool) -> Bool {
        wasStranger.withLock { state in
            defer { state = isStranger }
            return isStranger && !state
        }
    }
}
