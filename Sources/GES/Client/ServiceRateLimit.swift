/// The maximum request rate to a service.
package struct ServiceRateLimit: Hashable, Sendable {
    package var requestsPerSecond: Double
    /// The number of requests that may be sent at once after an idle period.
    package var burst: Int

    package init(requestsPerSecond: Double, burst: Int) {
        self.requestsPerSecond = max(requestsPerSecond, 0.001)
        self.burst = max(burst, 1)
    }
}
