/// Sends HTTP requests: `HTTPClient` over sockets or, in tests, a server in the same process.
package protocol HTTPTransport: Sendable {
    /// Sends the request once and returns the complete response, whatever its status. Throws
    /// `.cancelled` as soon as the task is cancelled.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}

extension HTTPClient: HTTPTransport {}
