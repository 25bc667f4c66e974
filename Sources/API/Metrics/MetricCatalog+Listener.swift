/// The limits of the HTTP server, and how much of each is in use.
extension MetricCatalog {
    package static let serverPoolLimit = MetricDefinition.gauge(
        "graphwarden_http_queries_in_flight_limit",
        "Maximum number of queries among the HTTP requests being handled."
    )
    package static let serverHeadLimit = MetricDefinition.gauge(
        "graphwarden_http_request_head_limit_bytes",
        unit: "bytes",
        "Maximum size of the head of an HTTP request."
    )
    package static let serverHeadFieldsLimit = MetricDefinition.gauge(
        "graphwarden_http_request_head_fields_limit",
        "Maximum number of header fields of an HTTP request."
    )
    package static let serverHeadBytes = MetricDefinition.gauge(
        "graphwarden_http_request_head_buffer_bytes",
        unit: "bytes",
        "Memory in use by large heads of HTTP requests."
    )
    package static let serverHeadBufferLimit = MetricDefinition.gauge(
        "graphwarden_http_request_head_buffer_limit_bytes",
        unit: "bytes",
        "Maximum memory for large heads of HTTP requests."
    )
    package static let serverBodyReserve = MetricDefinition.gauge(
        "graphwarden_http_request_body_reserve_bytes",
        unit: "bytes",
        "Further memory for small bodies of HTTP requests."
    )
    package static let serverExemptResponseBytes = MetricDefinition.gauge(
        "graphwarden_http_scrape_response_buffer_bytes",
        unit: "bytes",
        "Memory in use by responses to scrapes and health checks that clients have yet to read."
    )
    package static let serverExemptResponseLimit = MetricDefinition.gauge(
        "graphwarden_http_scrape_response_buffer_limit_bytes",
        unit: "bytes",
        "Memory for responses to scrapes and health checks beyond which slow clients are"
            + " disconnected."
    )
    package static let serverPasswordsLimit = MetricDefinition.gauge(
        "graphwarden_http_passwords_waiting_limit",
        "Maximum number of passwords waiting to be checked."
    )
    package static let serverPasswordsAddressLimit = MetricDefinition.gauge(
        "graphwarden_http_passwords_waiting_per_address_limit",
        "Maximum number of passwords from one address waiting to be checked."
    )
    package static let serverHandshakes = MetricDefinition.gauge(
        "graphwarden_http_tls_handshakes",
        "Number of inbound connections whose TLS handshake is not finished."
    )
    package static let serverHandshakesLimit = MetricDefinition.gauge(
        "graphwarden_http_tls_handshakes_limit",
        "Maximum number of inbound connections whose TLS handshake is not finished."
    )
    package static let serverHandshakesAddressLimit = MetricDefinition.gauge(
        "graphwarden_http_tls_handshakes_per_address_limit",
        "Maximum number of inbound connections from one address whose TLS handshake is not finished."
    )
    static let httpServer = [
        serverRequests, serverDuration, serverRejected, serverConnections, serverInFlight,
        serverPasswordsWaiting, serverBodyBytes, serverResponseBytes, serverEvictions,
        serverAcceptErrors, serverConnectionsLimit, serverAddressLimit, serverInFlightLimit,
        serverBodyLimit, serverResponseLimit, scrapeCacheSize, scrapeCacheLimit, serverPoolLimit,
        serverHeadLimit,
        serverHeadFieldsLimit, serverHeadBytes, serverHeadBufferLimit, serverBodyReserve,
        serverExemptResponseBytes, serverExemptResponseLimit, serverPasswordsLimit,
        serverPasswordsAddressLimit, serverHandshakes, serverHandshakesLimit,
        serverHandshakesAddressLimit,
    ]
}
