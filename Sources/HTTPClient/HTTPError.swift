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

    /// How far the connection came.
    package enum Connection: Hashable, Sendable {
        /// The request failed before, or for a reason that says nothing about the connection.
        case notTried
        /// The host answered, and no process listens there.
        case refused
        /// Networks or firewalls on the way refused, by what this host was told.
        case noRoute
        /// The attempt timed out.
        case timedOut
        /// The TCP connection stood. The TLS handshake may still have failed.
        case established
    }

    package let kind: Kind
    package let connection: Connection
    /// False only if it is certain that no byte of the request was written: it failed in the queue,
    /// during name resolution, while connecting or in the TLS handshake.
    package let requestMayHaveBeenSent: Bool
    /// A message for people. Contains no secret.
    package let message: String

    /// - Parameter connection: by default what follows from the other values.
    package init(
        _ kind: Kind,
        requestMayHaveBeenSent: Bool,
        message: String,
        connection: Connection? = nil
    ) {
        self.kind = kind
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.message = message
        self.connection =
            connection ?? (requestMayHaveBeenSent ? .established : kind.usualConnection)
    }

    package var reason: String { kind.rawValue }
}

extension HTTPError.Kind {
    /// Of a request that was not sent.
    fileprivate var usualConnection: HTTPError.Connection {
        switch self {
        case .connect: .refused
        case .timeout: .timedOut
        case .tls: .established
        default: .notTried
        }
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        let sent =
            requestMayHaveBeenSent
            ? "the request may have been received" : "the request was not sent"
        return "\(reason): \(message) (\(sent))"
    }
}
