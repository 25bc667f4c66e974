package struct HTTPClientConfiguration: Sendable {
    package var userAgent: String
    /// PEM. Trusted instead of the system's authorities. Read again within ten minutes of a change.
    package var caFile: String?
    /// Name resolution, TCP and TLS together; the request's own deadline also holds.
    package var connectTimeout: Duration
    package var maximumConnectionsPerHost: Int
    package var maximumConnections: Int
    /// Requests that wait for a connection; one more fails at once.
    package var maximumQueuedRequests: Int
    /// All header lines of an answer together. IAM tokens reach 16 kB.
    package var maximumResponseHeaderBytes: Int
    /// `http://proxy:3128`; nil means no proxy, whatever the environment says.
    package var proxyURL: String?
    /// Host names, comma separated, that are reached without the proxy.
    package var noProxy: String?

    package init(
        userAgent: String = "graphwarden",
        caFile: String? = nil,
        connectTimeout: Duration = .seconds(5),
        maximumConnectionsPerHost: Int = 8,
        maximumConnections: Int = 64,
        maximumQueuedRequests: Int = 1024,
        maximumResponseHeaderBytes: Int = 64 << 10,
        proxyURL: String? = nil,
        noProxy: String? = nil
    ) {
        self.userAgent = userAgent
        self.caFile = caFile
        self.connectTimeout = connectTimeout
        self.maximumConnectionsPerHost = max(1, maximumConnectionsPerHost)
        self.maximumConnections = max(1, maximumConnections)
        self.maximumQueuedRequests = max(0, maximumQueuedRequests)
        self.maximumResponseHeaderBytes = maximumResponseHeaderBytes
        self.proxyURL = proxyURL
        self.noProxy = noProxy
    }
}

/// A look at the client, for metrics.
package struct HTTPClientStatistics: Hashable, Sendable {
    /// Since the client was made, for failed requests too.
    package var connectionsOpened = 0
    package var inFlight = 0
    package var queued = 0
}
