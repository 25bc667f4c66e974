import JSON
import URI

/// One HTTP request as the simulated cloud receives it, independent of sockets.
package struct CloudRequest: Sendable {
    /// The cloud's two addresses: the management endpoints and the graphs' data plane.
    package enum Entrance: Sendable {
        case management
        case dataPlane
    }

    package var entrance: Entrance
    package var method: String
    /// As it was sent, including percent-encoding, because the signature depends on it.
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

    /// - Parameter target: path and query, percent-encoded.
    package init(
        _ method: String,
        target: Substring,
        headers: [(name: String, value: String)],
        body: [UInt8],
        entrance: Entrance
    ) {
        let parts = target.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let items = (parts.count > 1 ? parts[1] : "").split(separator: "&")
        let query = items.map { item -> (name: String, value: String) in
            let pair = item.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            return (
                Self.decoded(pair[0]),
                Self.decoded(pair.count > 1 ? pair[1] : "")
            )
        }
        self.init(
            method,
            String(parts[0]),
            query: query,
            headers: headers,
            body: body,
            entrance: entrance
        )
    }

    /// A query name or value, or a path segment. Lenient: a client that encodes wrongly gets the
    /// service's own error, such as "no such graph".
    static func decoded(_ component: Substring) -> String {
        String(decoding: PercentEncoding.decodeLeniently(component), as: UTF8.self)
    }

    func header(_ name: String) -> String? {
        headers.first { $0.name.isEqualHeaderName(name) }?.value
    }

    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }

    /// The body as JSON. An empty body is an empty object, for actions whose body is optional.
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

extension String {
    /// Header names are ASCII and case-insensitive (RFC 9110, 5.1). Every request is searched for
    /// several, so this makes no copies.
    fileprivate func isEqualHeaderName(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { left, right in
                left == right || left.isLetter && left ^ right == 0x20
            }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    fileprivate var isJSONSpace: Bool {
        self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D
    }
}
