package enum HTTPMethod: String, Hashable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// One request. It is sent once: no redirect is followed and nothing is tried again here.
package struct HTTPRequest: Sendable {
    package var method: HTTPMethod
    /// Absolute, `http` or `https`, ASCII, without a user name. The path is sent as it stands.
    package var url: String
    /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Expect` are the client's own.
    package var headers: [HTTPHeader]
    package var body: [UInt8]?
    /// From `send` to the last byte of the answer, waiting for a connection included.
    package var timeout: Duration
    /// Of the body after decompression.
    package var maximumResponseBytes: Int
    /// A connection of its own, closed afterwards.
    ///
    /// libcurl sends a request again by itself in one case: it wrote the request on a kept
    /// connection, and that connection turned out to be closed before a byte of an answer came. For
    /// a GET that is welcome. For a request that must not arrive twice it is not, since the server
    /// may have read the first one. On a new connection libcurl has no such case.
    package var freshConnection: Bool

    /// `freshConnection` is on for POST and PATCH unless said otherwise.
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
    /// Neither query nor body nor secret headers: logs are read by more people than secrets are
    /// for.
    package var description: String {
        var text = "\(method.rawValue) \(url.prefix { $0 != "?" && $0 != "#" })"
        if !headers.isEmpty { text += " \(headers)" }
        if let body { text += " (\(body.count) bytes)" }
        return text
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
