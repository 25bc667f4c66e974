/// Why there is no answer, and whether the request may have taken effect all the same.
package struct HTTPError: Error, Hashable, Sendable {
    /// The raw value is the `reason` label of metrics.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The deadline passed: in the queue, while connecting, or while waiting for the answer.
        case timeout
        case nameResolution = "dns"
        case connect
        case tls
        /// Headers or body beyond their limit.
        case responseTooLarge = "too_large"
        /// The connection ended before the answer was complete.
        case cut
        /// What came is no HTTP.
        case protocolViolation = "protocol"
        /// The caller's task was cancelled.
        case cancelled
        case shutDown = "shut_down"
        case invalidRequest = "invalid_request"
        /// Too many requests wait already.
        case queueFull = "queue_full"
        case other
    }

    package let kind: Kind
    /// False only when certainly no byte of the request was written: it failed before, in the
    /// queue, in name resolution, in connecting or in the TLS handshake.
    package let requestMayHaveBeenSent: Bool
    /// One sentence for a person; holds no secret.
    package let message: String

    package init(_ kind: Kind, requestMayHaveBeenSent: Bool, message: String) {
        self.kind = kind
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.message = message
    }

    package var reason: String { kind.rawValue }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        let sent =
            requestMayHaveBeenSent
            ? "the request may have been received" : "the request was not sent"
        return "\(reason): \(message) (\(sent))"
    }
}
