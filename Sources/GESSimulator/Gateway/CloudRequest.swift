import JSON

/// One HTTP request as the simulated cloud sees it, free of sockets.
package struct CloudRequest: Sendable {
    /// The two addresses that the cloud has: the management endpoints and the graphs' own address.
    package enum Entrance: Sendable {
        case management
        case dataPlane
    }

    package var entrance: Entrance
    package var method: String
    /// As it was sent, percent-encoding included: the signature depends on it.
    package var path: String
    /// Decoded names and values, in the order of the request.
    package var query: [(name: String, value: String)]
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        _ method: String,
        _ path: String,
        query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        entrance: Entrance = .management
    ) {
        self.entrance = entrance
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The body as JSON; an empty one is an empty object, as for the actions whose body is optional.
    func document() throws(ServiceError) -> JSONValue {
        guard body.contains(where: { !$0.isJSONSpace }) else { return [:] }
        do {
            return try JSONValue.parse(body, limits: Self.bodyLimits)
        } catch {
            throw .bodyIncorrect
        }
    }

    private static let bodyLimits = JSONLimits(maximumBytes: 1 << 20)
}

extension UInt8 {
    fileprivate var isJSONSpace: Bool {
        self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D
    }
}
