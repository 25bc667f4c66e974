import Crypto
import Time

/// A key pair for signing requests. Temporary keys come with a security token.
struct AccessKey: Hashable, Sendable {
    let id: String
    let secret: Secret
    let securityToken: Secret?
}

/// Signs requests with SDK-HMAC-SHA256, the scheme of Huawei Cloud's API gateway.
///
/// Follows `core/signer/signer.py` in the official SDK. Unlike AWS Signature Version 4, the HMAC
/// key is the secret key itself: there is no derived key and no scope of date or service.
struct RequestSigner {
    static let algorithm = "SDK-HMAC-SHA256"

    let key: AccessKey

    /// Returns the headers to add: `X-Sdk-Date`, `X-Security-Token` for temporary keys, and
    /// `Authorization`.
    ///
    /// The signature covers `headers`, the added ones and `Host`. Do not pass headers such as
    /// `User-Agent` and `Accept`, which a proxy may change.
    func headers(
        signing method: String,
        _ url: RequestURL,
        headers: [(name: String, value: String)],
        body: [UInt8],
        at time: Timestamp
    ) -> [(name: String, value: String)] {
        var added = [(name: "X-Sdk-Date", value: time.iso8601Basic)]
        if let token = key.securityToken {
            added.append((name: "X-Security-Token", value: token.revealed))
        }
        let canonical = CanonicalRequest(
            method: method,
            url: url,
            headers: headers + added,
            body: body
        )
        let stringToSign = [
            Self.algorithm, time.iso8601Basic, Self.hexDigest(canonical.text),
        ].joined(separator: "\n")
        let authorization =
            "\(Self.algorithm) Access=\(key.id), SignedHeaders=\(canonical.signedHeaders), "
            + "Signature=\(signature(of: stringToSign))"
        return added + [(name: "Authorization", value: authorization)]
    }

    func signature(of text: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: Array(key.secret.revealed.utf8))
        )
        return Self.hexadecimal(code)
    }

    static func hexDigest(_ text: String) -> String { hexDigest(Array(text.utf8)) }

    static func hexDigest(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
