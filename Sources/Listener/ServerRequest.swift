/// One complete request, its body included.
package struct ServerRequest: Sendable {
    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// As sent: `GET`, `POST`, ... A HEAD request that a GET route answers still says `HEAD` here.
    package var method: String
    /// The request target as sent, neither decoded nor normalised: what a signature is made over.
    package var target: String
    /// The path with its percent encoding undone.
    package var path: String
    /// The query in the order of the wire, decoded; a name may occur more than once.
    package var query: [QueryItem]
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The peer's address without its port, for logs.
    package var remoteAddress: String
    /// What stood in place of the `{name}` segments of the route's pattern, decoded.
    package var parameters: [String: String]
    /// Who sent the request, if the route asks for that and the server has an authenticator.
    package var user: String?

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

    /// The first query item with this name.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
