/// A complete response. Its status may be any from 200 up: a 3xx or 5xx is not an `HTTPError`.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// Headers of the final response in the order received, without those of interim responses
    /// (1xx) and without trailers.
    package let headers: [HTTPHeader]
    /// Decompressed.
    package let body: [UInt8]
    /// From the start of the transfer to its last byte, excluding the time in the queue.
    package let duration: Duration
    /// How long the request waited for a connection to become free.
    package let queued: Duration
    /// Connections opened for this request; 0 if it reused one.
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

    /// The value of the first header of this name, compared without case.
    package func header(_ name: String) -> String? {
        headers.first(named: name)
    }
}

extension HTTPResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(status) \(headers) (\(body.count) bytes)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
