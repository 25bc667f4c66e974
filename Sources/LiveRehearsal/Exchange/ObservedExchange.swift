package import HTTPClient
package import JSON
package import Time

// LiveRehearsal rehearses one restart on the real service. It drives the agent's own loop, ledger and
// performer with one entry of `graphs`, lets a single request for a restart through, and reports
// which assumptions about the service held. It decides nothing that the cycle decides.

/// One request to the service and what came back, as far as assumptions about the API rest on it.
package struct ObservedExchange: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var headers: [HTTPHeader]
        /// Nil if the body is not JSON, or too large to be looked at.
        package var body: JSONValue?
        /// Whether there is a body that is not JSON, or too large to be looked at.
        package var isUnreadable: Bool

        package init(
            status: Int,
            headers: [HTTPHeader] = [],
            body: JSONValue? = nil,
            isUnreadable: Bool = false
        ) {
            self.status = status
            self.headers = headers
            self.body = body
            self.isUnreadable = isUnreadable
        }

        var isSuccess: Bool { (200..<300).contains(status) }
    }

    package var operation: ObservedOperation
    package var isEncrypted: Bool
    /// When it was sent, by the clock of this host.
    package var at: Timestamp
    package var duration: Duration
    package var result: Result<Answer, HTTPError>

    package init(
        _ operation: ObservedOperation,
        isEncrypted: Bool = false,
        at: Timestamp,
        duration: Duration = .zero,
        _ result: Result<Answer, HTTPError>
    ) {
        self.operation = operation
        self.isEncrypted = isEncrypted
        self.at = at
        self.duration = duration
        self.result = result
    }

    var endedAt: Timestamp { at + duration }

    var answer: Answer? { try? result.get() }

    /// The JSON of an answer with a success status.
    var document: JSONValue? { answer.flatMap { $0.isSuccess ? $0.body : nil } }
}
