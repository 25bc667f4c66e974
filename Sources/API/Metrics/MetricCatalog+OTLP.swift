extension MetricCatalog {
    package static let otlpRequests = MetricDefinition.counter(
        "graphwarden_otlp_requests_total",
        "Number of requests with metrics sent in the protocol of OpenTelemetry."
    )
    package static let otlpFailures = MetricDefinition.counter(
        "graphwarden_otlp_request_failures_total",
        "Number of requests with metrics that failed; their points are not sent again."
    )
    static let otlp = [otlpRequests, otlpFailures]
}
