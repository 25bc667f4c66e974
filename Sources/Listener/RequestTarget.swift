import URI

/// The target of a request taken apart (RFC 9112, section 3.2): origin form and absolute form.
struct RequestTarget: Sendable {
    let path: String
    /// The segments of the path as sent, still encoded.
    let segments: [Substring]
    let query: [ServerRequest.QueryItem]

    /// Nil when the target has another form or its percent encoding is broken.
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
    /// The items of an `application/x-www-form-urlencoded` body, as `query` holds those of the
    /// target; nil when the body is not in that form.
    package var formItems: [QueryItem]? {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        return try? QueryItem.items(of: text)
    }
}

extension ServerRequest.QueryItem {
    /// Query strings are read as form bodies are: browsers and Prometheus' clients write both alike.
    fileprivate static func items(
        of text: some StringProtocol
    ) throws(PercentEncoding.DecodingError) -> [Self] {
        try FormEncoding.decode(text).map { Self(name: $0.name, value: $0.value) }
    }
}
