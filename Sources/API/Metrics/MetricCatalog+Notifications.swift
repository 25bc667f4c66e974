extension MetricCatalog {
    package static let notificationsSent = MetricDefinition.counter(
        "graphwarden_notifications_sent_total",
        labels: ["alertmanager"],
        "Number of alerts sent."
    )
    package static let notificationErrors = MetricDefinition.counter(
        "graphwarden_notifications_errors_total",
        labels: ["alertmanager"],
        "Number of errors sending alert notifications."
    )
    package static let notificationsDropped = MetricDefinition.counter(
        "graphwarden_notifications_dropped_total",
        "Number of alerts dropped because a queue was full or an Alertmanager rejected them."
    )
    package static let notificationQueueLength = MetricDefinition.gauge(
        "graphwarden_notifications_queue_length",
        "Number of alert notifications in the queues."
    )
    package static let notificationQueueCapacity = MetricDefinition.gauge(
        "graphwarden_notifications_queue_capacity",
        "Capacity of the alert notification queue of each Alertmanager."
    )
    package static let notificationLatency = MetricDefinition.histogram(
        "graphwarden_notifications_latency_seconds",
        labels: ["alertmanager"],
        "Time to send one message with alerts."
    )
    static let notifications = [
        notificationsSent, notificationErrors, notificationsDropped, notificationQueueLength,
        notificationQueueCapacity, notificationLatency,
    ]
}
