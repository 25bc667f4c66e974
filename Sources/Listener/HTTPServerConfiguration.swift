package import Threads

/// The limits of one server. Apart from the rate limit none can be turned off: a listener that
/// faces a network must not have an unlimited resource.
package struct HTTPServerConfiguration: Sendable {
    /// Open connections. A further one takes the place of one that does nothing, the oldest first;
    /// if all are busy, it waits in the kernel's backlog.
    package var maximumConnections = 512
    /// Open connections of one address. All limits per address count the /64 network of an IPv6
    /// address as one.
    package var maximumConnectionsPerAddress = 384
    /// Connections whose TLS handshake is not finished. A further one takes the place of one that
    /// has made no progress for `stallTime`, or waits in the kernel's backlog.
    package var maximumHandshakes = 32
    /// Connections of one address whose TLS handshake is not finished. A further one takes the
    /// place of one that has made no progress for `stallTime`, or is closed.
    package var maximumHandshakesPerAddress = 16
    /// Passwords that wait for bcrypt. A further one displaces the oldest of the address with the
    /// most, which gets 503.
    package var maximumPasswordsWaiting = 256
    /// Passwords of one address that wait for bcrypt. A further one displaces the oldest of the
    /// name with the most.
    package var maximumPasswordsWaitingPerAddress = 64
    /// Requests being handled. Further ones get 503. A request whose response is complete does not
    /// count, however slowly its client reads.
    package var maximumInFlight = 100
    /// Requests being handled by routes with a pool of their own. Further ones get 503: work that
    /// may take long leaves places for what does not, such as receiving alerts.
    package var maximumInFlightInPools = 60
    /// Bytes of a request head: request line plus header fields. Larger ones get 431.
    package var maximumHeadBytes = 64 << 10
    /// Header fields of a request. More get 431.
    package var maximumHeadFields = 128
    /// Bytes of all heads together beyond the first 4 KiB of each, until the requests are answered.
    /// Requests beyond get 503.
    package var maximumBufferedHeadBytes = 8 << 20
    /// Bytes of a body, unless the route sets its own limit. Larger ones get 413.
    package var maximumBodyBytes = 64 << 10
    /// Bytes of all buffered bodies together. Requests beyond get 503.
    package var maximumBufferedBodyBytes = 32 << 20
    /// Bytes beyond `maximumBufferedBodyBytes` for bodies of at most 64 KiB, so that large ones do
    /// not shut out small ones.
    package var smallBodyReserveBytes = 4 << 20
    /// Bytes of all responses that clients have yet to take. Requests beyond get 503, except for
    /// routes that are exempt from limits, which have as much again. A shared body counts once, for
    /// all who read it, among those of exempt routes.
    package var maximumBufferedResponseBytes = 48 << 20
    /// A connection without progress for so long loses its memory or its place if another one
    /// needs it.
    package var stallTime = Duration.seconds(1)
    /// From accepting a connection, or from the first byte of a later request, to the end of the
    /// head. Includes the TLS handshake.
    package var headTimeout = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    package var bodyTimeout = Duration.seconds(30)
    /// How long a connection may stay idle between requests.
    package var idleTimeout = Duration.seconds(60)
    /// How long a client may take to accept one chunk of a response.
    package var writeTimeout = Duration.seconds(30)
    /// How long a client may take to accept a response as a whole.
    package var responseTimeout = Duration.seconds(300)
    /// Requests beyond it get 429. Routes that are exempt from limits do not count. nil means no
    /// rate limit.
    package var rateLimit: RateLimit?
    /// The threads that run handlers of routes without a pool of their own. nil uses Swift's
    /// concurrency pool, which is right only for a process that does nothing but serve.
    package var requestPool: ThreadPool?
    /// The threads that run handlers of routes that are exempt from limits. nil uses `requestPool`.
    package var reservePool: ThreadPool?
    /// Added to every response that does not set them itself. If one is invalid, none are sent.
    package var defaultHeaders: HeaderFields = [
        "Content-Security-Policy":
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    ]

    package init() {}
}

/// One request per interval on average, with bursts of up to `burst` requests.
package struct RateLimit: Sendable, Hashable {
    package var interval: Duration
    package var burst: Int

    package init(interval: Duration, burst: Int) {
        self.interval = interval
        self.burst = burst
    }
}
