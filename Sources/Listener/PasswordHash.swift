import CCrypt

/// Password hashing with libcrypt. Thread-safe: `crypt_r` works on a buffer of the caller, unlike
/// `crypt`.
enum PasswordHash {
    /// Hashes the phrase with the method and salt of `setting`, which may be a complete hash.
    ///
    /// Returns nil if libcrypt does not support the method, or if the phrase contains a zero byte:
    /// libcrypt would ignore everything after it. Bcrypt with cost 10 takes about 50 ms: never call
    /// it on the event loop.
    static func crypt(_ phrase: [UInt8], setting: String) -> String? {
        guard !phrase.contains(0) else { return nil }
        var scratch = crypt_data()
        let terminated = phrase.map { CChar(bitPattern: $0) } + [0]
        guard let hash = unsafe crypt_r(terminated, setting, &scratch) else { return nil }
        let text = unsafe String(cString: hash)
        // libcrypt reports failure as a hash that starts with an asterisk.
        return text.hasPrefix("*") ? nil : text
    }

    /// Compares in constant time: timing reveals only whether the lengths differ.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        areEqual(Array(left.utf8), Array(right.utf8))
    }

    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// A well-formed bcrypt hash, as written by `htpasswd -B`.
struct BcryptHash: Sendable {
    private static let alphabet = Set(
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8
    )

    let text: String
    let cost: Int

    /// A cost above 16 takes seconds per password.
    init(_ text: String) throws(AuthenticationError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, ["2a", "2b", "2y"].contains(parts[1]), parts[2].count == 2,
            let cost = Int(parts[2]), parts[3].utf8.count == 53,
            parts[3].utf8.allSatisfy(Self.alphabet.contains)
        else { throw .notBcrypt }
        guard (4...16).contains(cost) else { throw .cost(cost) }
        self.text = text
        self.cost = cost
    }

    /// A setting of this cost with a fixed salt, for a hash that only has to take its time.
    static func setting(cost: Int) -> String {
        "$2b$" + (cost < 10 ? "0" : "") + "\(cost)$" + String(repeating: ".", count: 22)
    }

    func matches(_ password: [UInt8]) -> Bool {
        guard let hash = PasswordHash.crypt(password, setting: text) else { return false }
        return PasswordHash.areEqual(hash, text)
    }
}
