package import Cycle
package import JSON
import Remediation
import Series
package import Time

/// The alerts of one request.
package struct AlertNotification: Hashable, Sendable {
    package var alerts: [IncomingAlert]
    /// How many alerts the sender left out. A missing alert does not count as resolved.
    package var truncatedAlerts = 0
}

/// The format in which a sender encodes alerts.
package enum AlertFormat: Sendable {
    /// Alertmanager's webhook, version 4.
    case alertmanagerWebhook
    /// The list that Prometheus sends to Alertmanager (`POST /api/v2/alerts`).
    case prometheusAlerts

    /// 4 MiB: several thousand alerts with all their annotations.
    package static let limits = JSONLimits(
        maximumBytes: 4 << 20,
        maximumDepth: 16,
        maximumValues: 500_000
    )

    /// Decodes a request body. Ignores unknown fields, so that newer senders are accepted. `now`
    /// decides which alerts of Prometheus have ended.
    package func message(_ body: [UInt8], at now: Timestamp) throws(JSONError) -> AlertNotification
    {
        let decoder = StrictJSONDecoder(limits: Self.limits)
        let message: AlertNotification
        let place: String
        switch self {
        case .alertmanagerWebhook:
            message = try decoder.decode(WebhookBody.self, from: body).message
            place = "$.alerts"
        case .prometheusAlerts:
            let alerts = try decoder.decode([PrometheusAlert].self, from: body)
            message = AlertNotification(alerts: alerts.map { $0.alert(at: now) })
            place = "$"
        }
        guard message.alerts.count <= IncomingAlert.mostInOneMessage else {
            throw JSONError(
                path: place,
                message: "\(message.alerts.count) alerts, more than the limit of"
                    + " \(IncomingAlert.mostInOneMessage) (see max_alerts)"
            )
        }
        return message
    }
}

/// The body of Alertmanager's webhook. Its top-level status is ignored: it is firing if any alert
/// fires, and says nothing about the others.
private struct WebhookBody: Decodable {
    let message: AlertNotification

    private enum CodingKeys: String, CodingKey {
        case version, alerts, truncatedAlerts
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard try container.decode(String.self, forKey: .version) == "4" else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: container,
                debugDescription: "only version \"4\" is supported"
            )
        }
        let alerts = try container.decode([WebhookAlert].self, forKey: .alerts)
        let truncated = try container.decodeIfPresent(UInt64.self, forKey: .truncatedAlerts) ?? 0
        message = AlertNotification(
            alerts: alerts.map(\.alert),
            truncatedAlerts: Int(clamping: truncated)
        )
    }
}

private struct WebhookAlert: Decodable {
    enum Status: String, Decodable {
        case firing, resolved
    }

    let status: Status
    let labels: [String: String]
    let annotations: [String: String]?
    let startsAt: AlertTime
    let fingerprint: String?

    /// Ignores `endsAt`: Alertmanager sets it only on resolved alerts.
    var alert: IncomingAlert {
        let labels = Labels(labels)
        return IncomingAlert(
            labels: labels,
            summary: annotations?["summary"] ?? "",
            startsAt: startsAt.instant,
            fingerprint: fingerprint ?? AlertFingerprint.of(labels),
            status: status == .firing ? .firing(until: nil) : .resolved
        )
    }
}

private struct PrometheusAlert: Decodable {
    let labels: [String: String]
    let annotations: [String: String]?
    let startsAt: AlertTime
    let endsAt: AlertTime?

    /// Prometheus sends no status: an alert has ended if its `endsAt` has passed. Go's zero time
    /// means no end.
    func alert(at now: Timestamp) -> IncomingAlert {
        let labels = Labels(labels)
        let end = endsAt.flatMap { $0.instant.milliseconds > 0 ? $0.instant : nil }
        let hasEnded = end.map { $0 <= now } ?? false
        return IncomingAlert(
            labels: labels,
            summary: annotations?["summary"] ?? "",
            startsAt: startsAt.instant,
            fingerprint: AlertFingerprint.of(labels),
            status: hasEnded ? .resolved : .firing(until: end)
        )
    }
}
