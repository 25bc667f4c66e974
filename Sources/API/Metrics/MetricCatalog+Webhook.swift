import Cycle

extension MetricCatalog {
    static let webhookMessageLimit = MetricDefinition.gauge(
        "graphwarden_webhook_notification_limit_bytes",
        unit: "bytes",
        "Maximum size of a webhook notification."
    )
    static let webhookAlertsLimit = MetricDefinition.gauge(
        "graphwarden_webhook_notification_alerts_limit",
        "Maximum number of alerts in a webhook notification."
    )
    static let webhookLabelsLimit = MetricDefinition.gauge(
        "graphwarden_webhook_alert_labels_limit",
        "Maximum number of labels of an alert received by webhook."
    )
    static let webhookHeldLimit = MetricDefinition.gauge(
        "graphwarden_webhook_alerts_asking_limit",
        "Maximum number of received alerts that ask for a restart."
    )
    package static let webhookNotifications = MetricDefinition.counter(
        "graphwarden_webhook_notifications_total",
        "Number of webhook notifications received."
    )
    package static let webhookInvalid = MetricDefinition.counter(
        "graphwarden_webhook_notifications_invalid_total",
        labels: ["reason"],
        initial: WebhookRefusal.reasons.map { [$0] },
        "Number of webhook notifications refused."
    )
    package static let webhookReceived = MetricDefinition.counter(
        "graphwarden_webhook_alerts_received_total",
        labels: ["status"],
        initial: [["firing"], ["resolved"]],
        "Number of alerts received by webhook."
    )
    package static let webhookDeduplicated = MetricDefinition.counter(
        "graphwarden_webhook_alerts_deduplicated_total",
        "Number of received alerts already known in the same state."
    )
    package static let webhookIgnored = MetricDefinition.counter(
        "graphwarden_webhook_alerts_ignored_total",
        labels: ["reason"],
        initial: IgnoredReason.allCases.map { [$0.rawValue] },
        "Number of received alerts that cannot lead to action."
    )
    package static let webhookUnreadable = MetricDefinition.counter(
        "graphwarden_webhook_alerts_unreadable_total",
        "Number of alerts that could not be read in notifications whose other alerts could."
    )
    package static let webhookTruncated = MetricDefinition.counter(
        "graphwarden_webhook_alerts_truncated_total",
        "Number of alerts the sender left out of notifications (truncatedAlerts)."
    )
    package static let webhookActive = MetricDefinition.gauge(
        "graphwarden_webhook_alerts_active",
        initial: [[]],
        "Number of received alerts that ask for a restart now, or block restarts."
    )
    static let webhook = [
        webhookMessageLimit, webhookAlertsLimit, webhookLabelsLimit, webhookHeldLimit,
        webhookNotifications, webhookInvalid, webhookReceived, webhookDeduplicated,
        webhookIgnored, webhookUnreadable, webhookTruncated, webhookActive,
    ]
}
