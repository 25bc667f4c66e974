import Cycle
import GoText
import JSON
import Listener
import Logging
import Remediation
import Series
import Synchronization
import Time

/// Receives alerts from Alertmanager and Prometheus. Responds once they are on disk, without
/// waiting for a decision about them.
struct WebhookAPI: Sendable {
    let receiver: any AlertReceiver
    let metrics: MetricRegistry
    let logger: Logger
    let board: StatusBoard
    let now: @Sendable () -> Timestamp
    private let refusals = RefusalLog()

    /// Further messages are refused, and their senders retry.
    private static let maximumInFlight = 16
    /// Per message. Metrics count all alerts.
    private static let maximumLogLines = 20

    init(
        receiver: any AlertReceiver,
        metrics: MetricRegistry,
        logger: Logger,
        board: StatusBoard,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.receiver = receiver
        self.metrics = metrics
        self.logger = logger
        self.board = board
        self.now = now
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
            let receptions = try await receiver.receive(message.alerts)
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
        let isAuthorized = try receiver.isTokenPresented(by: request)
        if refusals.shouldLog(isAuthorized: isAuthorized) {
            logger.warning(
                "Refused alerts without a valid token; further refusals are only counted",
                metadata: ["address": "\(request.remoteAddress)"]
            )
        }
        if !isAuthorized { throw .unauthorized }
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
            logger.warning(
                "Received a malformed alert message",
                metadata: ["err": "\(refusal.text)"]
            )
            return APIResponse.failure(refusal.status, "bad_data", refusal.text)
        case .token, .notReady, .full, .notStored:
            logger.warning("Refused alerts", metadata: ["err": "\(refusal.text)"])
            return APIResponse.failure(refusal.status, "unavailable", refusal.text)
        }
    }

    // MARK: Metrics and log

    private func note(_ message: AlertNotification, _ receptions: [Reception]) {
        if message.truncatedAlerts > 0 {
            metrics.add(Double(message.truncatedAlerts), to: MetricCatalog.webhookTruncated)
            logger.warning(
                "The sender truncated alerts; set max_alerts: 0 in its webhook_config",
                metadata: ["truncated": "\(message.truncatedAlerts)"]
            )
        }
        noteUnreadable(message)
        for (index, (alert, reception)) in zip(message.alerts, receptions).enumerated() {
            let status = alert.status == .resolved ? "resolved" : "firing"
            metrics.add(to: MetricCatalog.webhookReceived, status)
            switch reception {
            case .duplicate: metrics.add(to: MetricCatalog.webhookDeduplicated)
            case .ignored(let reason):
                metrics.add(to: MetricCatalog.webhookIgnored, reason.rawValue)
            case .accepted, .resolved: break
            }
            if index < Self.maximumLogLines { log(alert, reception) }
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
        logger.warning(
            "Some alerts of a message cannot be read; the others were received",
            metadata: ["unreadable": "\(count)", "err": "\(first)"]
        )
    }

    private func log(_ alert: IncomingAlert, _ reception: Reception) {
        let graphID = alert.labels["graph_id"]
        let isNew = reception == .accepted || reception == .resolved
        logger.log(
            level: isNew ? .info : .debug,
            "Received an alert by webhook",
            metadata: [
                "alertname": "\(alert.alertname)", "graph_id": "\(graphID)",
                "graph_name": "\(board.graphName(graphID))",
                "fingerprint": "\(alert.fingerprint)",
                "became": "\(reception.label)",
                "reason": "\(Self.reason(alert, reception))",
            ]
        )
    }
}

/// Logs the first of consecutive refusals only, so that a sender without the token cannot flood the
/// log.
private final class RefusalLog: Sendable {
    private let wasRefused = Mutex(false)

    func shouldLog(isAuthorized: Bool) -> Bool {
        wasRefused.withLock { wasRefused in
            defer { wasRefused = !isAuthorized }
            return !isAuthorized && !wasRefused
        }
    }
}
