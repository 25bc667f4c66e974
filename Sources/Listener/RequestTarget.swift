import URI

/// A parsed request target in origin form or absolute form (RFC 9112, section 3.2).
struct RequestTarget: Sendable {
    let path: String
    /// The path segments as sent, still percent-encoded, so that `%2F` does not split a segment.
    let segments: [Substring]
    let query: [ServerRequest.QueryItem]

    /// Returns nil if the target has another form or invalid percent-encoding.
    init?(_ target: String) {
        guard let origin = Self.originForm(of: target) else { return nil }
        let withoutFragment = origin.prefix { $0 != "#" }
        let parts = withoutFragment.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let path = try? PercentEncoding.decode(parts[0]),
            let query = try? ServerRequest.QueryItem.items(of: parts.count > 1 ? parts[1] : "")
        else { return nil }
        self.path = path
        self.segments = Self.segments(of: parts[0])
        self.query = query
    }

    static func segments(of path: Substring) -> [Substring] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Drops scheme and authority of an absolute form. Servers must accept it from any client
    /// (RFC 9112, section 3.2.2).
    private static func originForm(of target: String) -> Substring? {
        if target.hasPrefix("/") { return target[...] }
        guard let scheme = target.firstRange(of: "://") else { return nil }
        let name = target[..<scheme.lowerBound].lowercased()
        guard name == "http" || name == "https" else { return nil }
        let rest = target[scheme.upperBound...]
        guard let slash = rest.firstIndex(of: "/") else { return "/" }
        return rest[slash...]
    }
}

extension ServerRequest {
    /// The items of an `application/x-www-form-urlencoded` body; nil if the body is not valid in
    /// that format.
    package var formItems: [QueryItem]? {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        return try? QueryItem.items(of: text)
    }
}

extension ServerRequest.QueryItem {
    /// Query strings use the form encoding, as browsers and Prometheus clients do: `+` is a space.
    fileprivate static func items(
        of text: some StringProtocol
    ) throws(PercentEncoding.DecodingError) -> [Self] {
        try FormEncoding.decode(text).map { Self(name: $0.name, value: $0.value) }
    }
}
