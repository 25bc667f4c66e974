extension MetricCatalog {
    package static let otlpRequests = MetricDefinition.counter(
        "graphwarden_otlp_requests_total",
        "Number of requests with metrics sent in the protocol of OpenTelemetry."
    )
    package static let otlpFailures = MetricDefinition.counter(
        "graphwarden_otlp_request_failures_total",
        "Number of requests with metrics that failed, among them those that were sent again."
    )
    package static let otlpRejectedPoints = MetricDefinition.counter(
        "graphwarden_otlp_rejected_points_total",
        "Number of points that the receiver of OpenTelemetry metrics rejected of requests that it took."
    )
    static let otlp = [otlpRequests, otlpFailures, otlpRejectedPoints]
}
