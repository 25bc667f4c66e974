/// The settings of a `GESClient`.
package struct GESConfiguration: Sendable {
    package var projectID: String
    package var endpoints: Endpoints
    package var credentials: Credentials
    package var apiVersion: APIVersion
    /// The timeout of one read from the management plane or IAM, including connecting.
    package var readTimeout: Duration
    /// How long reading all pages of a list may take.
    package var listTimeout: Duration
    /// The timeout of a restart, stop or start. Separate from reads, because a timeout leaves the
    /// outcome unknown.
    package var actionTimeout: Duration
    /// A service without an entry is limited only by the pauses that it requests. The data plane
    /// never has a limit, since every graph is a server of its own.
    package var rateLimits: [Service: ServiceRateLimit]
    /// A request that would have to wait longer for the rate limit or a pause fails instead.
    package var maximumThrottleWait: Duration
    /// The maximum backoff after transient failures: a longer one would leave the agent blind for
    /// several polls after the failure has passed. Pauses requested through `Retry-After` and those
    /// after a refused secret are not shortened.
    package var longestPause: Duration
    package var clock: ClientClock

    package init(
        projectID: String,
        endpoints: Endpoints,
        credentials: Credentials,
        apiVersion: APIVersion = .v2,
        readTimeout: Duration = .seconds(10),
        listTimeout: Duration = .seconds(60),
        actionTimeout: Duration = .seconds(30),
        rateLimits: [Service: ServiceRateLimit] = Self.defaultRateLimits,
        maximumThrottleWait: Duration = .seconds(60),
        longestPause: Duration = .seconds(60),
        clock: ClientClock = .system
    ) {
        self.projectID = projectID
        self.endpoints = endpoints
        self.credentials = credentials
        self.apiVersion = apiVersion
        self.readTimeout = readTimeout
        self.listTimeout = listTimeout
        self.actionTimeout = actionTimeout
        self.rateLimits = rateLimits
        self.maximumThrottleWait = maximumThrottleWait
        self.longestPause = longestPause
        self.clock = clock
    }

    /// GES and IAM document no limits; these defaults read 500 graphs one by one in 50 seconds.
    /// Cloud Eye allows 500 requests per minute and API.
    package static let defaultRateLimits: [Service: ServiceRateLimit] = [
        .ges: ServiceRateLimit(requestsPerSecond: 10, burst: 20),
        .iam: ServiceRateLimit(requestsPerSecond: 1, burst: 5),
        .ces: ServiceRateLimit(requestsPerSecond: 5, burst: 10),
    ]
}
