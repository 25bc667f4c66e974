import URI

/// The canonical form of a request, over which client and gateway compute the signature. Every byte
/// counts: it follows `core/signer/signer.py` in the official SDK, including its oddities.
struct CanonicalRequest {
    /// The lowercase names of the signed headers, joined by semicolons.
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

    /// The path is decoded as a whole and then encoded segment by segment, so an encoded slash
    /// becomes a separator. The canonical path always ends with a slash, even if the sent one does
    /// not.
    private static func canonicalPath(_ path: String) -> String {
        let pieces = PercentEncoding.decodeLeniently(path)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { PercentEncoding.encode(bytes: Array($0)) }
        let joined = pieces.joined(separator: "/")
        return joined.hasSuffix("/") ? joined : joined + "/"
    }

    /// Headers with an underscore in their name are not signed, because gateways drop them.
    private static func canonicalHeaders(
        _ headers: [(name: String, value: String)],
        host: String
    ) -> [(name: String, value: String)] {
        (headers + [(name: "Host", value: host)])
            .filter { !$0.name.contains("_") }
            .map { (name: $0.name.lowercased(), value: $0.value.trimmingWhitespace()) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// The header `X-Sdk-Content-Sha256` overrides the hash of a body that is not empty, for
    /// example to leave the body unsigned.
    private static func payloadHash(
        of body: [UInt8],
        headers: [(name: String, value: String)]
    ) -> String {
        let stated = headers.first { $0.name == "x-sdk-content-sha256" }?.value
        return body.isEmpty ? RequestSigner.hexDigest([]) : stated ?? RequestSigner.hexDigest(body)
    }
}
