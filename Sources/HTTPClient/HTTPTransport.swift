/// What sends requests: `HTTPClient` over sockets, or a server in the same process.
package protocol HTTPTransport: Sendable {
    /// Sends the request once and returns the whole answer, whatever its status. Ends early when the
    /// task is cancelled.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}

extension HTTPClient: HTTPTransport {}
