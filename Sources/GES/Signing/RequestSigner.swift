import Crypto
import Time

/// A key pair for signing, with the token that comes with a temporary one.
struct AccessKey: Hashable, Sendable {
    let id: String
    let secret: Secret
    let securityToken: Secret?
}

/// Signs requests the way Huawei Cloud's gateway checks them: SDK-HMAC-SHA256.
///
/// The rules are those of `core/signer/signer.py` of the official SDK. The key of the HMAC is the
/// secret key itself: nothing is derived from it, and there is no scope of date or service.
struct RequestSigner {
    static let algorithm = "SDK-HMAC-SHA256"

    let key: AccessKey

    /// The headers to add: `X-Sdk-Date`, for temporary keys `X-Security-Token`, and `Authorization`.
    ///
    /// Signed are the headers given, those added here and `Host`. `User-Agent`, `Accept` and the like
    /// are better left out: a proxy may change them on the way.
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
