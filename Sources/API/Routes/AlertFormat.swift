package import Cycle
package import JSON
import Remediation
import Series
package import Time

/// The alerts of one request.
package struct AlertNotification: Sendable {
    /// In the order of the message. An alert that cannot be read costs the others nothing.
    package var entries: [Result<IncomingAlert, JSONError>]
    /// How many alerts the sender left out. A missing alert does not count as resolved.
    package var truncatedAlerts = 0

    /// The readable ones.
    package var alerts: [IncomingAlert] { entries.compactMap { try? $0.get() } }
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
    /// decides which alerts of Prometheus have ended, and is the start of an alert that has none.
    ///
    /// - Throws: if the message as a whole cannot be read, or if none of its alerts can.
    package func message(_ body: [UInt8], at now: Timestamp) throws(JSONError) -> AlertNotification
    {
        let decoder = StrictJSONDecoder(limits: Self.limits)
        let place: String
        let alerts: [JSONValue]
        var truncated = 0
        switch self {
        case .alertmanagerWebhook:
            let message = try decoder.decode(WebhookBody.self, from: body)
            place = "$.alerts"
            alerts = message.alerts
            truncated = message.truncatedAlerts
        case .prometheusAlerts:
            place = "$"
            alerts = try decoder.decode([JSONValue].self, from: body)
        }
        guard alerts.count <= IncomingAlert.mostInOneMessage else {
            throw JSONError(
                path: place,
                message: "\(alerts.count) alerts, more than the limit of"
                    + " \(IncomingAlert.mostInOneMessage) (see max_alerts)"
            )
        }
        let entries = alerts.enumerated().map { index, value in
            read(value, at: "\(place)[\(index)]", decoder, now)
        }
        if case .failure(let error)? = entries.first, entries.allSatisfy(\.isFailure) {
            throw error
        }
        return AlertNotification(entries: entries, truncatedAlerts: truncated)
    }

    private func read(
        _ value: JSONValue,
        at place: String,
        _ decoder: StrictJSONDecoder,
        _ now: Timestamp
    ) -> Result<IncomingAlert, JSONError> {
        do throws(JSONError) {
            switch self {
            case .alertmanagerWebhook:
                return .success(try decoder.decode(WebhookAlert.self, from: value).alert(at: now))
            case .prometheusAlerts:
                return .success(
                    try decoder.decode(PrometheusAlert.self, from: value).alert(at: now)
                )
            }
        } catch {
            return .failure(error.moved(under: place))
        }
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}

/// The body of Alertmanager's webhook. Its top-level status is ignored: it is firing if any alert
/// fires, and says nothing about the others.
private struct WebhookBody: Decodable {
    let alerts: [JSONValue]
    let truncatedAlerts: Int

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
        alerts = try container.decode([JSONValue].self, forKey: .alerts)
        let truncated = try container.decodeIfPresent(UInt64.self, forKey: .truncatedAlerts) ?? 0
        truncatedAlerts = Int(clamping: truncated)
    }
}

private struct WebhookAlert: Decodable {
    enum Status: String, Decodable {
        case firing, resolved
    }

    let status: Status
    let labels: [String: String]
    let annotations: [String: String]?
    let startsAt: AlertTime?
    let fingerprint: String?

    /// Ignores `endsAt`: Alertmanager sets it only on resolved alerts.
    func alert(at now: Timestamp) -> IncomingAlert {
        let labels = Labels(labels)
        let start = startsAt?.unlessZero
        var alert = IncomingAlert(
            labels: labels,
            summary: annotations?["summary"] ?? "",
            startsAt: start ?? now,
            fingerprint: fingerprint ?? AlertFingerprint.of(labels),
            status: status == .firing ? .firing(until: nil) : .resolved
        )
        alert.isStartAssumed = start == nil
        return alert
    }
}

private struct PrometheusAlert: Decodable {
    let labels: [String: String]
    let annotations: [String: String]?
    let startsAt: AlertTime?
    let endsAt: AlertTime?

    /// Prometheus sends no status: an alert has ended if its `endsAt` has passed. Alertmanager
    /// makes an alert without a start begin now, or at its end if that has passed.
    func alert(at now: Timestamp) -> IncomingAlert {
        let labels = Labels(labels)
        let start = startsAt?.unlessZero
        let end = endsAt?.unlessZero
        let hasEnded = end.map { $0 <= now } ?? false
        var alert = IncomingAlert(
            labels: labels,
            summary: annotations?["summary"] ?? "",
            startsAt: start ?? min(now, end ?? now),
            fingerprint: AlertFingerprint.of(labels),
            status: hasEnded ? .resolved : .firing(until: end)
        )
        alert.isStartAssumed = start == nil
        return alert
    }
}

extension AlertTime {
    /// nil for Go's zero time, which says that there is no time. amtool sends it.
    fileprivate var unlessZero: Timestamp? { instant.milliseconds > 0 ? instant : nil }
}
