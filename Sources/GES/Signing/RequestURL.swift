import URI

/// The URL of a request, kept in parts because the signature is computed over the parts.
struct RequestURL: Hashable {
    let endpoint: Endpoint
    /// Percent-encoded, as it is sent; begins with a slash.
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

    /// - Parameter segments: not encoded; a slash inside a segment is encoded.
    init(_ endpoint: Endpoint, _ segments: [String], query: [QueryItem] = []) {
        let path = segments.map { "/" + PercentEncoding.encode($0) }.joined()
        self.init(endpoint, path: path, query: query)
    }

    /// The query in the order of the signature, which is also the order in which the SDK sends it:
    /// by name, then value, in the order of code points.
    var canonicalQuery: String {
        query.sorted { left, right in
            left.name == right.name
                ? Self.precedes(left.value, right.value) : Self.precedes(left.name, right.name)
        }
        .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        .joined(separator: "&")
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        // The bytes of UTF-8 sort as the code points do.
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension RequestURL: CustomStringConvertible {
    /// As it is sent.
    var description: String {
        let root = "\(endpoint.scheme.rawValue)://\(endpoint.authority)\(path)"
        return query.isEmpty ? root : "\(root)?\(canonicalQuery)"
    }
}
