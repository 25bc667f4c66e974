/// What the client needs to know.
package struct GESConfiguration: Sendable {
    package var projectID: String
    package var endpoints: Endpoints
    package var credentials: Credentials
    package var apiVersion: APIVersion
    /// For one read of the management plane or of IAM, waiting for a connection included.
    package var readTimeout: Duration
    /// For a restart, stop or start. Longer than for reads: giving up early turns an answer into
    /// `unknown`.
    package var actionTimeout: Duration
    /// A service without an entry has no limit but the pauses that it asks for; the data plane never
    /// has one, since each graph stands for itself.
    package var rateLimits: [Service: ServiceRateLimit]
    /// A request that would wait longer for the rate limit or a pause fails instead.
    package var maximumThrottleWait: Duration
    /// The longest pause that the client makes by itself after a trouble that may pass at any moment:
    /// one that outlasts the trouble by several polls would be a trouble of its own. What the service
    /// asks for in Retry-After is kept, and so is the pause after a refused secret.
    package var longestPause: Duration
    package var clock: ClientClock

    package init(
        projectID: String,
        endpoints: Endpoints,
        credentials: Credentials,
        apiVersion: APIVersion = .v2,
        readTimeout: Duration = .seconds(10),
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
        self.actionTimeout = actionTimeout
        self.rateLimits = rateLimits
        self.maximumThrottleWait = maximumThrottleWait
        self.longestPause = longestPause
        self.clock = clock
    }

    /// GES and IAM publish no limits; these read 500 graphs one by one in 50 seconds without a burst.
    /// Cloud Eye allows 500 requests a minute for each of its interfaces.
    package static let defaultRateLimits: [Service: ServiceRateLimit] = [
        .ges: ServiceRateLimit(requestsPerSecond: 10, burst: 20),
        .iam: ServiceRateLimit(requestsPerSecond: 1, burst: 5),
        .ces: ServiceRateLimit(requestsPerSecond: 5, burst: 10),
    ]
}
