import URI

/// A request in the one form that both sides of a signature agree on.
struct CanonicalRequest {
    /// Lower-case names of the headers that the signature covers, joined by semicolons.
    let signedHeaders: String
    let text: String

    init(
        method: String,
        url: RequestURL,
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) {
        let sorted = Self.canonicalHeaders(headers, host: url.endpoint.authority)
        signedHeaders = sorted.map(\.name).joined(separator: ";")
        text = [
            method, Self.canonicalPath(url.path), url.canonicalQuery,
            sorted.map { "\($0.name):\($0.value)\n" }.joined(), signedHeaders,
            Self.payloadHash(of: body, headers: sorted),
        ].joined(separator: "\n")
    }

    /// Decoded once as a whole, then encoded piece by piece: an encoded slash becomes a real one. Ends
    /// in a slash even where the path that is sent does not.
    private static func canonicalPath(_ path: String) -> String {
        let pieces = PercentEncoding.decodeLeniently(path)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { PercentEncoding.encode(bytes: Array($0)) }
        let joined = pieces.joined(separator: "/")
        return joined.hasSuffix("/") ? joined : joined + "/"
    }

    /// Headers with an underscore in the name are not signed: gateways drop them.
    private static func canonicalHeaders(
        _ headers: [(name: String, value: String)],
        host: String
    ) -> [(name: String, value: String)] {
        (headers + [(name: "Host", value: host)])
            .filter { !$0.name.contains("_") }
            .map { (name: $0.name.lowercased(), value: $0.value.trimmingWhitespace()) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The sender may state the hash, or that the body is not covered, in a header.
    private static func payloadHash(
        of body: [UInt8],
        headers: [(name: String, value: String)]
    ) -> String {
        let stated = headers.first { $0.name == "x-sdk-content-sha256" }?.value
        return body.isEmpty ? RequestSigner.hexDigest([]) : stated ?? RequestSigner.hexDigest(body)
    }
}
