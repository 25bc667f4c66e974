/// Why a request never reached a handler; the `reason` label of the rejection metric.
package enum RejectionReason: String, Sendable, Hashable, CaseIterable {
    case malformed
    case timeout
    case tooLarge = "too_large"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unauthorized
    case busy
    case foreignHost = "foreign_host"
    case foreignOrigin = "foreign_origin"
    case mediaType = "media_type"
    case rateLimited = "rate_limited"
}

/// Why the server closed a connection to make room; the `reason` label of the eviction metric.
package enum EvictionReason: String, Sendable, Hashable, CaseIterable {
    /// A new connection needed its place.
    case placeNeeded = "place_needed"
    /// Its address had too many connections, none of which could be closed instead.
    case addressLimit = "address_limit"
    /// Another head needed its memory.
    case slowHead = "slow_head"
    /// Another body needed its memory.
    case slowBody = "slow_body"
    /// Another response needed its memory, or the client took too long.
    case slowReader = "slow_reader"
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
    package var evictions: [EvictionReason: Int] = [:]
    package var durations: [String: Durations] = [:]
    package var openConnections = 0
    /// Connections whose TLS handshake is not finished.
    package var handshakes = 0
    package var requestsInFlight = 0
    /// Bytes of large heads of requests in memory.
    package var headBytes = 0
    /// Bytes of request bodies in memory.
    package var bodyBytes = 0
    /// Bytes of responses that clients have yet to take.
    package var responseBytes = 0
    /// Those of routes that are exempt from limits, and of shared bodies.
    package var exemptResponseBytes = 0
    /// Passwords that wait for bcrypt.
    package var passwordsWaiting = 0
    /// Failed `accept` calls, usually because file descriptors are exhausted.
    package var acceptErrors = 0

    /// Adds what another server has counted. Gauges stay.
    package mutating func addCounters(of other: ListenerStatistics) {
        requests.merge(other.requests, uniquingKeysWith: +)
        rejections.merge(other.rejections, uniquingKeysWith: +)
        evictions.merge(other.evictions, uniquingKeysWith: +)
        durations.merge(other.durations) { left, right in
            var sum = left
            for index in sum.counts.indices { sum.counts[index] += right.counts[index] }
            sum.sumSeconds += right.sumSeconds
            return sum
        }
        acceptErrors += other.acceptErrors
    }
}
