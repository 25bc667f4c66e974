/// Why a request got no response, and whether it may have taken effect anyway.
///
/// The second fact decides about restarts: a POST that may have been sent is never sent again.
package struct HTTPError: Error, Hashable, Sendable {
    /// The raw value is the value of the `reason` label in metrics.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The deadline passed in the queue, while connecting, or while waiting for the response.
        case timeout
        case nameResolution = "dns"
        case connect
        case tls
        /// The headers or the body exceeded their limit.
        case responseTooLarge = "too_large"
        /// The connection closed before the response was complete.
        case cut
        /// The response is not valid HTTP.
        case protocolViolation = "protocol"
        /// The caller's task was cancelled.
        case cancelled
        case shutDown = "shut_down"
        case invalidRequest = "invalid_request"
        /// Too many requests are already queued.
        case queueFull = "queue_full"
        case other
    }

    package let kind: Kind
    /// False only if it is certain that no byte of the request was written: it failed in the queue,
    /// during name resolution, while connecting or in the TLS handshake.
    package let requestMayHaveBeenSent: Bool
    /// A message for people. Contains no secret.
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
