/// A complete answer, whatever its status: a 3xx or 5xx is an answer too.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Of the final answer, in the order received; interim answers (1xx) and trailers are left out.
    package let headers: [HTTPHeader]
    /// After decompression.
    package let body: [UInt8]
    /// From the start of the transfer to its last byte, without the time in the queue.
    package let duration: Duration
    /// How long the request waited for its turn.
    package let queued: Duration
    /// Connections opened for it: 0 when a kept one was used.
    package let newConnections: Int

    package init(
        status: Int,
        headers: [HTTPHeader],
        body: [UInt8],
        duration: Duration = .zero,
        queued: Duration = .zero,
        newConnections: Int = 0
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.duration = duration
        self.queued = queued
        self.newConnections = newConnections
    }

    /// The value of the first header of this name, in any case.
    package func header(_ name: String) -> String? {
        headers.first(named: name)
    }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(status) \(headers) (\(body.count) bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
