import Listener

extension MetricCatalog {
    package static let clientRequests = MetricDefinition.counter(
        "graphwarden_http_client_requests_total",
        labels: ["service", "operation", "code"],
        "Number of requests sent that got a response, by status code."
    )
    package static let clientFailures = MetricDefinition.counter(
        "graphwarden_http_client_request_failures_total",
        labels: ["service", "operation", "reason"],
        "Number of requests that got no usable response."
    )
    package static let clientDuration = MetricDefinition.histogram(
        "graphwarden_http_client_request_duration_seconds",
        labels: ["service", "operation"],
        "Time from sending a request to the end of the response."
    )
    package static let clientInFlight = MetricDefinition.gauge(
        "graphwarden_http_client_requests_in_flight",
        labels: ["service"],
        "Number of requests waiting for a response."
    )
    package static let clientRetries = MetricDefinition.counter(
        "graphwarden_http_client_retries_total",
        labels: ["service", "operation"],
        "Number of requests sent again."
    )
    package static let throttleWait = MetricDefinition.counter(
        "graphwarden_http_client_throttle_wait_seconds_total",
        unit: "seconds",
        labels: ["service"],
        initial: [["ges"], ["iam"]],
        "Time spent waiting for the request rate limit."
    )
    package static let connectionsOpened = MetricDefinition.counter(
        "graphwarden_http_client_connections_opened_total",
        labels: ["service"],
        initial: [["ges"], ["iam"], ["data_plane"]],
        "Number of connections opened; well below the number of requests when connections are"
            + " reused."
    )
    package static let responseLimit = MetricDefinition.gauge(
        "graphwarden_http_client_response_limit_bytes",
        unit: "bytes",
        labels: ["operation"],
        "Maximum size of a response; a larger one fails."
    )
    package static let listingTimeout = MetricDefinition.gauge(
        "graphwarden_listing_timeout_seconds",
        unit: "seconds",
        "Time in which all pages of a list of the cloud must be read."
    )
    package static let listingBytes = MetricDefinition.gauge(
        "graphwarden_listing_limit_bytes",
        unit: "bytes",
        "Maximum size of all pages of a list of the cloud."
    )
    package static let listingPages = MetricDefinition.gauge(
        "graphwarden_listing_limit_pages",
        "Maximum number of pages of the list of graphs."
    )
    package static let graphsLimit = MetricDefinition.gauge(
        "graphwarden_graphs_limit",
        "Maximum number of graphs; further ones are ignored."
    )
    static let httpClient = [
        clientRequests, clientFailures, clientDuration, clientRetries, clientInFlight, throttleWait,
        connectionsOpened, responseLimit, listingTimeout, listingBytes,
        listingPages, graphsLimit,
    ]

    // MARK: IAM token

    package static let tokenRefreshes = MetricDefinition.counter(
        "graphwarden_token_refreshes_total",
        "Number of attempts to get an IAM token."
    )
    package static let tokenFailures = MetricDefinition.counter(
        "graphwarden_token_refresh_failures_total",
        labels: ["reason"],
        initial: [["auth"], ["timeout"], ["connect"], ["http_5xx"]],
        "Number of failed attempts to get an IAM token."
    )
    package static let tokenExpiry = MetricDefinition.gauge(
        "graphwarden_token_expiry_timestamp_seconds",
        unit: "seconds",
        "Expiry of the IAM token in use, as unix timestamp."
    )
    package static let tokenLastSuccess = MetricDefinition.gauge(
        "graphwarden_token_last_refresh_success_timestamp_seconds",
        unit: "seconds",
        "Time of the last successful attempt to get an IAM token."
    )
    static let token = [tokenRefreshes, tokenFailures, tokenExpiry, tokenLastSuccess]

    // MARK: HTTP server

    package static let serverRequests = MetricDefinition.counter(
        "graphwarden_http_requests_total",
        labels: ["handler", "code"],
        "Number of HTTP requests served."
    )
    package static let serverDuration = MetricDefinition.histogram(
        "graphwarden_http_request_duration_seconds",
        labels: ["handler"],
        "Latency of HTTP requests served."
    )
    package static let serverRejected = MetricDefinition.counter(
        "graphwarden_http_requests_rejected_total",
        labels: ["reason"],
        "Number of HTTP requests refused before they reached a handler."
    )
    package static let serverConnections = MetricDefinition.gauge(
        "graphwarden_http_connections",
        "Number of open inbound connections."
    )
    package static let scrapeCacheSize = MetricDefinition.gauge(
        "graphwarden_scrape_cache_size_bytes",
        unit: "bytes",
        initial: [[]],
        "Size of the rendered responses to scrapes that are held until the next step."
    )
    package static let scrapeCacheLimit = MetricDefinition.gauge(
        "graphwarden_scrape_cache_page_limit_bytes",
        unit: "bytes",
        "Maximum size of a rendered response to scrapes that is held."
    )
    package static let serverInFlight = MetricDefinition.gauge(
        "graphwarden_http_requests_in_flight",
        "Number of HTTP requests being handled."
    )
    package static let serverPasswordsWaiting = MetricDefinition.gauge(
        "graphwarden_http_passwords_waiting",
        "Number of passwords waiting to be checked."
    )
    package static let serverBodyBytes = MetricDefinition.gauge(
        "graphwarden_http_request_body_buffer_bytes",
        unit: "bytes",
        "Memory in use by bodies of HTTP requests."
    )
    package static let serverResponseBytes = MetricDefinition.gauge(
        "graphwarden_http_response_buffer_bytes",
        unit: "bytes",
        "Memory in use by responses that clients have yet to read."
    )
    package static let serverEvictions = MetricDefinition.counter(
        "graphwarden_http_connections_evicted_total",
        labels: ["reason"],
        initial: EvictionReason.allCases.map { [$0.rawValue] },
        "Number of inbound connections closed to make room for others."
    )
    package static let serverAcceptErrors = MetricDefinition.counter(
        "graphwarden_http_accept_errors_total",
        "Number of inbound connections that could not be accepted."
    )
    package static let serverConnectionsLimit = MetricDefinition.gauge(
        "graphwarden_http_connections_limit",
        "Maximum number of open inbound connections."
    )
    package static let serverAddressLimit = MetricDefinition.gauge(
        "graphwarden_http_connections_per_address_limit",
        "Maximum number of open inbound connections from one address."
    )
    package static let serverInFlightLimit = MetricDefinition.gauge(
        "graphwarden_http_requests_in_flight_limit",
        "Maximum number of HTTP requests being handled, scrapes and health checks aside."
    )
    package static let serverBodyLimit = MetricDefinition.gauge(
        "graphwarden_http_request_body_buffer_limit_bytes",
        unit: "bytes",
        "Maximum memory for bodies of HTTP requests."
    )
    package static let serverResponseLimit = MetricDefinition.gauge(
        "graphwarden_http_response_buffer_limit_bytes",
        unit: "bytes",
        "Maximum memory for responses that clients have yet to read."
    )
}
