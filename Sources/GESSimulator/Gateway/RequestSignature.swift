import Crypto
import URI

/// SDK-HMAC-SHA256 verification: rebuilds the canonical request from the received one.
///
/// The rules are those of Huawei Cloud's "API request signing guide" as its official SDKs apply
/// them. The code is independent of the agent's signing code, so that one mistake cannot hide in
/// both; they share only the percent-encoding, which has its own tests.
struct RequestSignature: Equatable, Sendable {
    static let algorithm = "SDK-HMAC-SHA256"

    let accessKey: String
    /// Lower case, in the order of the request.
    let signedHeaders: [String]
    let signature: String

    /// Reads `SDK-HMAC-SHA256 Access=..., SignedHeaders=a;b, Signature=...`.
    init?(authorization: String) {
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0] == Self.algorithm else { return nil }
        var fields: [String: String] = [:]
        for field in words[1].split(separator: ",") {
            let parts = field.drop { $0 == " " }.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2 else { return nil }
            fields[String(parts[0])] = String(parts[1])
        }
        guard let accessKey = fields["Access"], let headers = fields["SignedHeaders"],
            let signature = fields["Signature"]
        else { return nil }
        self.accessKey = accessKey
        signedHeaders = headers.split(separator: ";").map { $0.lowercased() }
        self.signature = signature
    }

    /// Host and date must be signed: without them a captured request could be replayed on another
    /// host or later.
    var signsEnough: Bool {
        signedHeaders.contains("host") && signedHeaders.contains("x-sdk-date")
    }

    func matches(_ request: CloudRequest, secretKey: String, date: String) -> Bool {
        guard let canonical = canonicalRequest(of: request) else { return false }
        let expected = Self.signature(ofCanonical: canonical, secretKey: secretKey, date: date)
        return expected == signature.lowercased()
    }

    static func signature(ofCanonical canonical: String, secretKey: String, date: String) -> String
    {
        let digest = hexadecimal(SHA256.hash(data: Array(canonical.utf8)))
        let text = "\(algorithm)\n\(date)\n\(digest)"
        let key = SymmetricKey(data: Array(secretKey.utf8))
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    /// Returns nil if a header listed as signed did not arrive.
    func canonicalRequest(of request: CloudRequest) -> String? {
        var headers = ""
        for name in signedHeaders.sorted(by: precedes) {
            guard let value = request.header(name) else { return nil }
            headers += "\(name):\(value.trimmed)\n"
        }
        return [
            request.method.uppercased(),
            Self.canonicalPath(request.path),
            Self.canonicalQuery(request.query),
            headers,
            signedHeaders.joined(separator: ";"),
            Self.payloadHash(of: request),
        ].joined(separator: "\n")
    }

    /// Decoded once, split, each segment encoded again, with a trailing slash.
    static func canonicalPath(_ path: String) -> String {
        let decoded = CloudRequest.decoded(path[...])
        let pieces = decoded.split(separator: "/", omittingEmptySubsequences: false)
        let encoded = pieces.map { PercentEncoding.encode($0) }.joined(separator: "/")
        return encoded.hasSuffix("/") ? encoded : encoded + "/"
    }

    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        query
            .sorted { left, right in
                left.name == right.name
                    ? precedes(left.value, right.value) : precedes(left.name, right.name)
            }
            .map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            .joined(separator: "&")
    }

    private static func payloadHash(of request: CloudRequest) -> String {
        request.header("X-Sdk-Content-Sha256") ?? hexadecimal(SHA256.hash(data: request.body))
    }
}

/// By code points, as the SDKs sort; Swift's string order differs.
private func precedes(_ left: String, _ right: String) -> Bool {
    left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
}

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }.joined()
}

extension String {
    fileprivate var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let front = drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
        return front[...last]
    }
}
