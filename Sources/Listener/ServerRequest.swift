/// A complete request, including its body.
package struct ServerRequest: Sendable {
    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// As sent, such as `GET`. A HEAD request served by a GET route has `HEAD` here.
    package var method: String
    /// The request target as sent, neither decoded nor normalized. Request signatures cover it.
    package var target: String
    /// The percent-decoded path.
    package var path: String
    /// The decoded query in wire order. Names may repeat.
    package var query: [QueryItem]
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The peer's address without port, for logs. Behind a proxy it is the proxy's.
    package var remoteAddress: String
    /// The decoded values of the pattern's `{name}` segments.
    package var parameters: [String: String]
    /// The authenticated user or token holder. nil if the route does not require authentication or
    /// the server has no authenticator.
    package var user: String?

    /// Completes when the client has left.
    var departure = Completion()

    /// Whether nobody waits for the response any more. A handler that works for long should look
    /// now and then, and return when it is true: its response is discarded.
    package var isAbandoned: Bool { departure.isComplete }

    package init(
        method: String = "GET",
        target: String,
        path: String,
        query: [QueryItem] = [],
        headers: HeaderFields = [:],
        body: [UInt8] = [],
        remoteAddress: String = "",
        parameters: [String: String] = [:]
    ) {
        self.method = method
        self.target = target
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.parameters = parameters
    }

    /// The value of the first query item with this name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
