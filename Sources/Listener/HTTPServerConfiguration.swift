/// The limits of one server. Every one is on: a listener that faces a network has no "unlimited".
package struct HTTPServerConfiguration: Sendable {
    /// Connections open at a time; more wait in the kernel's backlog until one ends.
    package var maximumConnections = 512
    /// Requests handed out and not yet answered; more are answered with 503.
    package var maximumInFlight = 100
    /// Bytes of a request's line and header fields together; more is answered with 431.
    package var maximumHeadBytes = 64 << 10
    /// Bytes of a body, unless the route says otherwise; more is answered with 413.
    package var maximumBodyBytes = 64 << 10
    /// Bytes of the bodies of all requests together; more is answered with 503.
    package var maximumBufferedBodyBytes = 64 << 20
    /// From accepting a connection, or from the first byte of a later request, to the end of the
    /// head. The TLS handshake is part of it.
    package var headTimeout = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    package var bodyTimeout = Duration.seconds(30)
    /// How long a connection may wait for its next request.
    package var idleTimeout = Duration.seconds(60)
    /// How long a client may take none of the bytes that wait for it.
    package var writeTimeout = Duration.seconds(30)
    /// Requests per time, answered with 429 beyond; those to routes that are exempt from limits do
    /// not count. Nil: as fast as they come.
    package var rateLimit: RateLimit?
    /// Sent with every response that does not set them itself; none, when one is not valid.
    package var defaultHeaders: HeaderFields = [
        "Content-Security-Policy": "default-src 'self'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    ]

    package init() {}
}

/// One request per interval in the long run, `burst` at once after a rest.
package struct RateLimit: Sendable, Hashable {
    package var interval: Duration
    package var burst: Int

    package init(interval: Duration, burst: Int) {
        self.interval = interval
        self.burst = burst
    }
}
