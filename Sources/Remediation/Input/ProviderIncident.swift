package import Time

/// The share of requests that the cloud itself has failed or turned away lately (5xx and 429), of
/// every operation together. What a single graph answers does not count.
package struct ProviderIncident: Hashable, Sendable {
    /// Requests that failed with 5xx.
    package var failed: Int
    /// Requests that were turned away with 429.
    package var throttled: Int
    /// All requests that were answered or failed.
    package var requests: Int
    package var since: Timestamp

    package init(failed: Int, throttled: Int, requests: Int, since: Timestamp) {
        self.failed = failed
        self.throttled = throttled
        self.requests = requests
        self.since = since
    }
}

extension ProviderIncident: CustomStringConvertible {
    package var description: String {
        "the cloud is in trouble since \(since): of the last \(requests) requests it failed "
            + "\(failed) (5xx) and turned away \(throttled) (429)"
    }
}
