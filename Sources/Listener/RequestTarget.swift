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
        guard let path = PercentEncoding.decode(parts[0]),
            let query = Self.query(parts.count > 1 ? parts[1] : "")
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

    /// As HTML forms encode it: `+` is a space, a name without `=` has an empty value.
    private static func query(_ text: Substring) -> [ServerRequest.QueryItem]? {
        var items: [ServerRequest.QueryItem] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = PercentEncoding.decode(
                    parts.count > 1 ? parts[1] : "",
                    plusIsSpace: true
                )
            else { return nil }
            items.append(ServerRequest.QueryItem(name: name, value: value))
        }
        return items
    }
}

extension ServerRequest {
    /// The items of an `application/x-www-form-urlencoded` body, as `query` holds those of the
    /// target; nil when the body is not in that form.
    package var formItems: [QueryItem]? {
        guard let text = String(validating: body, as: UTF8.self) else { return nil }
        return RequestTarget("/?" + text)?.query
    }
}
