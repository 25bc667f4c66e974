import URI

/// The URL of a request, kept as components because the signature is computed over them.
struct RequestURL: Hashable {
    let endpoint: Endpoint
    /// Percent-encoded, as sent; starts with a slash.
    let path: String
    /// Not encoded, in any order.
    let query: [QueryItem]

    struct QueryItem: Hashable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    init(_ endpoint: Endpoint, path: String, query: [QueryItem] = []) {
        self.endpoint = endpoint
        self.path = endpoint.basePath + path
        self.query = query
    }

    /// - Parameter segments: not encoded; a slash within a segment gets encoded.
    init(_ endpoint: Endpoint, _ segments: [String], query: [QueryItem] = []) {
        let path = segments.map { "/" + PercentEncoding.encode($0) }.joined()
        self.init(endpoint, path: path, query: query)
    }

    /// The query as signed and sent: sorted by name and then value, by code point.
    var canonicalQuery: String {
        query.sorted { left, right in
            left.name == right.name
                ? Self.precedes(left.value, right.value) : Self.precedes(left.name, right.name)
        }
        .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        .joined(separator: "&")
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        // UTF-8 bytes sort in the same order as code points.
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension RequestURL: CustomStringConvertible {
    /// The URL as sent.
    var description: String {
        let root = "\(endpoint.scheme.rawValue)://\(endpoint.authority)\(path)"
        return query.isEmpty ? root : "\(root)?\(canonicalQuery)"
    }
}
