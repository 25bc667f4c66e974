/// Settings of one `HTTPClient`.
package struct HTTPClientConfiguration: Sendable {
    package var userAgent: String
    /// PEM file of the certificate authorities to trust instead of the system's. libcurl caches its
    /// content for ten minutes.
    package var caFile: String?
    /// Whether the server must prove its identity. Without it, anyone in between can read and
    /// change everything.
    package var verifiesServer = true
    /// The SHA-256 of the server's public key in base64. A server with another key gets no request,
    /// whether or not it is verified otherwise.
    package var pinnedPublicKey: String?
    /// PEM file of the certificate to present to servers that ask for one.
    package var clientCertificateFile: String?
    /// PEM file of that certificate's key. nil if it is in the same file.
    package var clientKeyFile: String?
    /// Limit for name resolution, TCP and TLS handshake together. The timeout of the request
    /// applies as well.
    package var connectTimeout: Duration
    package var maximumConnectionsPerHost: Int
    package var maximumConnections: Int
    /// How many requests may wait for a connection. Further requests fail immediately.
    package var maximumQueuedRequests: Int
    /// Limit for all header lines of a response together. IAM tokens reach 16 kB.
    package var maximumResponseHeaderBytes: Int
    /// For example `http://proxy:3128`. nil means no proxy, even if the environment names one.
    package var proxyURL: String?
    /// Comma-separated host names to reach without the proxy.
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

/// Counts for the agent's metrics.
package struct HTTPClientStatistics: Hashable, Sendable {
    /// Since the client was created, including those of failed requests.
    package var connectionsOpened = 0
    package var inFlight = 0
    package var queued = 0
}
