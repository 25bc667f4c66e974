/// How many requests a service gets.
package struct ServiceRateLimit: Hashable, Sendable {
    package var requestsPerSecond: Double
    /// Requests that need not wait after a quiet time.
    package var burst: Int

    package init(requestsPerSecond: Double, burst: Int) {
        self.requestsPerSecond = max(requestsPerSecond, 0.001)
        self.burst = max(burst, 1)
    }
}
