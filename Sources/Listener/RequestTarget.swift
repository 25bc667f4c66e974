import URI

/// A parsed request target in origin form or absolute form (RFC 9112, section 3.2).
///
/// Parsed on the event loop, before it is known who asks: so only what routing needs. The query is
/// decoded by the task that handles the request.
struct RequestTarget: Sendable {
    let path: String
    /// The path segments as sent, still percent-encoded, so that `%2F` does not split a segment.
    /// The last of very many contains the rest of the path.
    let segments: [Substring]
    private let encodedQuery: Substring
    /// The authority of the absolute form, which takes precedence over the Host field.
    let authority: Authority?

    /// Returns nil if the target has another form or invalid percent-encoding.
    init?(_ target: String) {
        guard let (authority, origin) = Self.split(target) else { return nil }
        let withoutFragment = origin.prefix { $0 != "#" }
        let parts = withoutFragment.split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let path = try? PercentEncoding.decode(parts[0]) else { return nil }
        self.path = path
        self.segments = Self.segments(of: parts[0])
        encodedQuery = parts.count > 1 ? parts[1] : ""
        self.authority = authority
    }

    /// More than any route has.
    private static let maximumSegments = 64

    static func segments(of path: Substring) -> [Substring] {
        path.dropFirst().split(
            separator: "/",
            maxSplits: maximumSegments - 1,
            omittingEmptySubsequences: false
        )
    }

    /// nil if the query is not properly encoded.
    var query: [ServerRequest.QueryItem]? {
        try? ServerRequest.QueryItem.items(of: encodedQuery)
    }

    /// Splits an absolute form, which servers must accept from any client (RFC 9112, section
    /// 3.2.2), into authority and origin form.
    private static func split(_ target: String) -> (Authority?, Substring)? {
        if target.hasPrefix("/") { return (nil, target[...]) }
        guard let scheme = target.firstRange(of: "://") else { return nil }
        let name = target[..<scheme.lowerBound].lowercased()
        guard name == "http" || name == "https" else { return nil }
        let rest = target[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        guard let authority = Authority(String(rest[..<end])), !authority.host.isEmpty else {
            return nil
        }
        let path = rest[end...]
        return (authority, path.hasPrefix("/") ? path : "/" + path)
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
