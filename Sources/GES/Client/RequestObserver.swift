package import Time

/// Receives an event for every request, for metrics. Called on the tasks that send requests, so
/// implementations must be thread-safe and must not block.
package protocol RequestObserver: Sendable {
    func requestFinished(_ request: FinishedRequest)

    /// A response with a success status was malformed, unexpected, or had an error in its body.
    /// Called after `requestFinished`, which reported the request as answered.
    func answerUnusable(_ service: Service, operation: String, reason: String)

    /// A request waited for the rate limit or a pause.
    func throttleWaited(_ service: Service, for duration: Duration)

    /// A token or temporary key was renewed.
    func tokenRefreshed(expiry: Timestamp)

    func tokenRefreshFailed(reason: String)

    /// The gateway refused a signature and its clock is ahead of ours by `offset`. Further
    /// signatures are corrected by it.
    func clockOffsetLearned(_ offset: Duration)
}

extension RequestObserver {
    package func answerUnusable(_ service: Service, operation: String, reason: String) {}
    package func clockOffsetLearned(_ offset: Duration) {}
}

/// A finished request and its outcome.
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
    /// From sending to the end of the response or the failure, without the wait for the rate limit.
    package let duration: Duration
    /// 0 if a connection was reused.
    package let newConnections: Int
    /// Whether this is the retry after a 401.
    package let isRepeated: Bool
}

extension RequestObserver {
    /// Runs `read` on a response and reports an unusable one. Other failures show in the status.
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
