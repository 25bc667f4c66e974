package import Cycle
package import JSON
import Remediation
import Series
package import Time

/// What came with one request.
package struct AlertNotification: Hashable, Sendable {
    package var alerts: [IncomingAlert]
    /// How many alerts the sender left out. Nothing follows for those: an alert that is missing is
    /// not resolved.
    package var truncatedAlerts = 0
}

/// How alerts are written down.
package enum AlertForm: Sendable {
    /// Alertmanager's webhook, version 4.
    case alertmanagerWebhook
    /// The list that Prometheus sends to an Alertmanager (`POST /api/v2/alerts`).
    case prometheusAlerts

    /// 4 MiB: several thousand alerts with all their annotations.
    package static let limits = JSONLimits(
        maximumBytes: 4 << 20,
        maximumDepth: 16,
        maximumValues: 500_000
    )

    /// Fields that are not known are passed over. `now` tells alerts of Prometheus that have ended
    /// from those that fire.
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
                message: "\(message.alerts.count) alerts; at most"
                    + " \(IncomingAlert.mostInOneMessage) are read (see max_alerts)"
            )
        }
        return message
    }
}

/// The body of Alertmanager's webhook. The status of the whole is that of its worst alert and says
/// nothing about the others, so it is not read.
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
                debugDescription: "only version \"4\" is understood"
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

    /// The time in `endsAt` is not looked at: a firing alert has none here.
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

    /// Prometheus says that an alert has ended by the time of its end alone. The zero time of Go
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
