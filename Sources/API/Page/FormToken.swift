import Crypto

/// Proves that a form which changes something comes from a page of this agent that was shown to the
/// same user, and not from a page of another site (cross-site request forgery). Nothing is kept for
/// each form: the token is an HMAC of what it stands for, with a key of this process.
struct FormToken: Sendable {
    private let key: SymmetricKey

    init() {
        key = SymmetricKey(size: .bits256)
    }

    /// - Parameters:
    ///   - text: what the form is about, with the time of its issue.
    ///   - user: to whom the page is shown.
    func token(for text: String, user: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: bytes(text, user), using: key)
        return code.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Compares in constant time.
    func isValid(_ token: String, for text: String, user: String) -> Bool {
        guard let code = Self.decode(token) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: bytes(text, user),
            using: key
        )
    }

    private func bytes(_ text: String, _ user: String) -> [UInt8] {
        // The user goes first, with its length: no text can pass for another user's.
        Array("\(user.utf8.count) \(user)\n\(text)".utf8)
    }

    private static func decode(_ token: String) -> [UInt8]? {
        let digits = Array(token.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[start..<start + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
