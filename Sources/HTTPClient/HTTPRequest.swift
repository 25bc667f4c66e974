package enum HTTPMethod: String, Hashable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// One HTTP request. The client sends it once: it follows no redirect and does not retry.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// Absolute, `http` or `https`, ASCII, without userinfo. The path is sent unchanged, because a
    /// signature covers it.
    package var url: String
    /// Must not contain `Content-Length`, `Transfer-Encoding`, `Connection` or `Expect`: the client
    /// sets them.
    package var headers: [HTTPHeader]
    package var body: [UInt8]?
    /// From the call of `send` to the last byte of the response, including the wait for a
    /// connection.
    package var timeout: Duration
    /// Limit of the decompressed response body.
    package var maximumResponseBytes: Int
    /// Whether the request gets a new connection that is closed afterwards.
    ///
    /// libcurl retries on its own in one case: it wrote the request to a reused connection, and the
    /// peer closed that connection before any byte of a response. That is welcome for a GET, but
    /// not for a request that must not arrive twice: the server may have read the first copy.
    /// libcurl never retries on a new connection.
    package var freshConnection: Bool

    /// `freshConnection` defaults to true for POST and PATCH, the methods that are not idempotent
    /// (RFC 9110, 9.2.2).
    package init(
        _ method: HTTPMethod = .get,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30),
        maximumResponseBytes: Int = 16 << 20,
        freshConnection: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
        self.freshConnection = freshConnection ?? (method == .post || method == .patch)
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Leaves out the query, the body and secret header values: more people may read logs than
    /// secrets.
    package var description: String {
        var text = "\(method.rawValue) \(url.prefix { $0 != "?" && $0 != "#" })"
        if !headers.isEmpty { text += " \(headers)" }
        if let body { text += " (\(body.count) bytes)" }
        return text
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
