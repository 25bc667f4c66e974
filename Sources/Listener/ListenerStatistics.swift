/// Why a request never reached a handler; the `reason` label of the rejections.
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

/// What a server has counted since it was bound; a copy, for the exposition.
package struct ListenerStatistics: Sendable, Hashable {
    package struct Request: Sendable, Hashable {
        package var handler: String
        package var status: Int

        package init(handler: String, status: Int) {
            self.handler = handler
            self.status = status
        }
    }

    /// How long requests to one handler took, from the end of the head to the end of the response.
    package struct Durations: Sendable, Hashable {
        /// Upper bounds in seconds; a last bucket for all the rest follows them.
        package static let bounds: [Double] = [
            0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
        ]
        /// One count more than there are bounds; not cumulative.
        package var counts = [Int](repeating: 0, count: bounds.count + 1)
        package var sumSeconds = 0.0

        mutating func observe(seconds: Double) {
            let index = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            counts[index] += 1
            sumSeconds += seconds
        }
    }

    package var requests: [Request: Int] = [:]
    package var rejections: [RejectionReason: Int] = [:]
    package var durations: [String: Durations] = [:]
    package var openConnections = 0
    package var requestsInFlight = 0
    /// Times that accepting a connection failed, mostly for want of file descriptors.
    package var acceptErrors = 0
}
