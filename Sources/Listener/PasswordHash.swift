import CCrypt

/// Hashes by libcrypt, each call with a scratch space of its own, so that threads do not meet.
enum PasswordHash {
    /// The hash of the phrase in the manner, and with the salt, that `setting` begins with; nil when
    /// libcrypt does not know the manner, or when the phrase holds a zero byte, at which it would
    /// stop reading. A bcrypt of cost 10 takes about 50 ms: keep away from the event loop.
    static func crypt(_ phrase: [UInt8], setting: String) -> String? {
        guard !phrase.contains(0) else { return nil }
        var scratch = crypt_data()
        let terminated = phrase.map { CChar(bitPattern: $0) } + [0]
        guard let hash = unsafe crypt_r(terminated, setting, &scratch) else { return nil }
        let text = unsafe String(cString: hash)
        // libcrypt tells failures by hashes that begin with a star.
        return text.hasPrefix("*") ? nil : text
    }

    /// A fast hash, with a salt of its own, to know a password again that was found right.
    static func newFingerprintSetting() -> String {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        let salt = (0..<16).map { _ in alphabet[Int.random(in: 0..<64, using: &generator)] }
        // SHA-256 with the least number of rounds that there is.
        return "$5$rounds=1000$" + String(salt) + "$"
    }

    /// Whether both are the same, in a time that tells only their lengths.
    static func areEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// A bcrypt hash as `htpasswd -B` writes it, checked for its form.
struct BcryptHash: Sendable {
    private static let alphabet = Set(
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8
    )

    let text: String

    init(_ text: String) throws(AuthenticationError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, ["2a", "2b", "2y"].contains(parts[1]), parts[2].count == 2,
            let cost = Int(parts[2]), parts[3].utf8.count == 53,
            parts[3].utf8.allSatisfy(Self.alphabet.contains)
        else { throw .notBcrypt }
        guard (4...16).contains(cost) else { throw .cost(cost) }
        self.text = text
    }

    func matches(_ password: [UInt8]) -> Bool {
        guard let hash = PasswordHash.crypt(password, setting: text) else { return false }
        return PasswordHash.areEqual(hash, text)
    }
}
