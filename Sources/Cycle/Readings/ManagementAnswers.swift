/// How the requests of one operation of the management plane ended in one poll. Requests that were
/// not sent do not count.
package struct ManagementAnswers: Hashable, Sendable {
    /// Such as `list_graphs`.
    package var operation: String
    package var requests = 0
    /// Answered with 5xx.
    package var failed = 0
    /// Answered with 429.
    package var throttled = 0

    package init(_ operation: String, requests: Int = 0, failed: Int = 0, throttled: Int = 0) {
        self.operation = operation
        self.requests = requests
        self.failed = failed
        self.throttled = throttled
    }
}
