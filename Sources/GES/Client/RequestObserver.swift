package import Time

/// Learns about every request, for metrics. Called from the tasks that send, so it must be quick.
package protocol RequestObserver: Sendable {
    func requestFinished(_ request: FinishedRequest)

    /// A success by its status that cannot be used: broken, not what was asked for, or an error in its
    /// body. `requestFinished` has told of it as answered.
    func answerUnusable(_ service: Service, operation: String, reason: String)

    /// A request waited for the rate limit.
    func throttleWaited(_ service: Service, for duration: Duration)

    func tokenRefreshed(expiry: Timestamp)

    func tokenRefreshFailed(reason: String)

    /// The gateway refused a signature, and its clock differs from ours by this much (positive: ours is
    /// behind). Signatures are corrected from now on.
    func clockOffsetLearned(_ offset: Duration)
}

extension RequestObserver {
    package func answerUnusable(_ service: Service, operation: String, reason: String) {}
    package func clockOffsetLearned(_ offset: Duration) {}
}

/// One request and how it ended.
package struct FinishedRequest: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case answered(status: Int)
        /// The value of the metric label `reason`.
        case failed(reason: String)
    }

    package let service: Service
    /// Such as `list_graphs`; one of a fixed set.
    package let operation: String
    package let outcome: Outcome
    /// From sending to the end of the answer or the failure.
    package let duration: Duration
    /// 0 when a kept connection was used.
    package let newConnections: Int
    /// Whether the request was sent again, after a 401.
    package let isRepeated: Bool
}

extension RequestObserver {
    /// Reads an answer, and tells when it cannot be used. Other failures show in the status.
    func watching<T>(
        _ service: Service,
        _ operation: String,
        _ read: () throws(GESError) -> T
    ) throws(GESError) -> T {
        do {
            return try read()
        } catch {
            if error.isUnusableSuccess {
                answerUnusable(service, operation: operation, reason: error.reason)
            }
            throw error
        }
    }
}
