/// Why a request never reached a handler; the `reason` label of the rejection metric.
package enum RejectionReason: String, Sendable, Hashable, CaseIterable {
    case malformed
    case timeout
    case tooLarge = "too_large"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unauthorized
    case busy
    case rateLimited = "rate_limited"
}

/// A snapshot of a server's counters and gauges since it was bound, for the metrics.
package struct ListenerStatistics: Sendable, Hashable {
    package struct Request: Sendable, Hashable {
        package var handler: String
        package var status: Int

        package init(handler: String, status: Int) {
            self.handler = handler
            self.status = status
        }
    }

    /// A histogram of request durations for one handler, from the end of the head to the end of the
    /// response.
    package struct Durations: Sendable, Hashable {
        /// Upper bounds in seconds, without the `+Inf` bucket.
        package static let bounds: [Double] = [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
        ]
        /// Per bucket, not cumulative; the last element is the `+Inf` bucket.
        package var counts = [Int](repeating: 0, count: bounds.count + 1)
        package var sumSeconds = 0.0

        mutating func observe(seconds: Double) {
            let index = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            counts[index] += 1
            sumSeconds += seconds
        }
    }

    /// Completed responses. Rejected requests are not included.
    package var requests: [Request: Int] = [:]
    package var rejections: [RejectionReason: Int] = [:]
    package var durations: [String: Durations] = [:]
    package var openConnections = 0
    package var requestsInFlight = 0
    /// Failed `accept` calls, usually because file descriptors are exhausted.
    package var acceptErrors = 0
}
