import NIOPosix
import Synchronization

/// Who may use a server.
package struct AuthenticationConfiguration: Sendable {
    /// User names and the bcrypt hashes of their passwords.
    package var basicUsers: [String: String] = [:]
    /// Names for the holders of tokens, and the tokens. A token has at least 16 bytes.
    package var bearerTokens: [String: String] = [:]
    package var realm = "graphwarden"

    package init() {}
}

/// Why an `AuthenticationConfiguration` is of no use. Never tells a secret.
package enum AuthenticationError: Error, Hashable, CustomStringConvertible {
    case nobody
    case notBcrypt
    case cost(Int)
    case weakToken(name: String)
    indirect case user(String, AuthenticationError)

    package var description: String {
        switch self {
        case .nobody: "neither users nor tokens are given: nobody could enter"
        case .notBcrypt: "not a bcrypt hash: make one with `htpasswd -nBC 10 USER`"
        case .cost(let cost): "bcrypt cost \(cost) is not between 4 and 16"
        case .weakToken(let name): "the token of \"\(name)\" is shorter than 16 bytes"
        case .user(let name, let error): "user \"\(name)\": \(error)"
        }
    }
}

/// Finds out who sends a request, by HTTP basic authentication or a bearer token.
package final class Authenticator: Sendable {
    private let users: [String: BcryptHash]
    private let tokens: [(name: String, token: String)]
    private let challenges: [String]
    /// By user, the password that was right last time, as a salted fast hash: a scrape comes every
    /// few seconds and bcrypt is slow by design.
    private let verified = Mutex<[String: String]>([:])

    package init(_ configuration: AuthenticationConfiguration) throws(AuthenticationError) {
        var users: [String: BcryptHash] = [:]
        for (name, hash) in configuration.basicUsers {
            do throws(AuthenticationError) {
                users[name] = try BcryptHash(hash)
            } catch {
                throw .user(name, error)
            }
        }
        tokens = configuration.bearerTokens.sorted { $0.key < $1.key }
            .map { (name: $0.key, token: $0.value) }
        if let weak = tokens.first(where: { $0.token.utf8.count < 16 }) {
            throw .weakToken(name: weak.name)
        }
        guard !users.isEmpty || !tokens.isEmpty else { throw .nobody }
        self.users = users
        let realm = configuration.realm.filter { $0 != "\"" && $0 != "\\" }
        let basic = users.isEmpty ? [] : ["Basic realm=\"\(realm)\", charset=\"UTF-8\""]
        challenges = basic + (tokens.isEmpty ? [] : ["Bearer realm=\"\(realm)\""])
    }

    /// What a client is told that nobody knows: 401 with the ways to say who it is.
    var challengeHeaders: HeaderFields {
        HeaderFields(challenges.map { ("WWW-Authenticate", $0) })
    }

    /// The name of the user or of the token's holder; nil when the request proves neither.
    /// Passwords are checked on `thread`, one at a time.
    func user(of request: ServerRequest, thread: NIOThreadPool) async -> String? {
        let fields = request.headers.values("Authorization")
        guard fields.count == 1 else { return nil }
        let parts = fields[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "basic": return await basicUser(parts[1], thread)
        case "bearer": return holder(of: String(parts[1]))
        default: return nil
        }
    }

    /// Compares with every token, whichever fits.
    private func holder(of token: String) -> String? {
        tokens.reduce(nil) { found, known in
            PasswordHash.areEqual(known.token, token) ? known.name : found
        }
    }

    private func basicUser(_ credentials: Substring, _ thread: NIOThreadPool) async -> String? {
        guard let bytes = Base64.decode(credentials),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = String(validating: bytes[..<colon], as: UTF8.self)
        else { return nil }
        let password = Array(bytes[(colon + 1)...])
        if isVerified(name, password) { return name }
        // An unknown user costs the same time as a known one with a wrong password.
        guard let hash = users[name] ?? users.values.first else { return nil }
        let matches = (try? await thread.runIfActive { hash.matches(password) }) ?? false
        guard matches, users[name] != nil else { return nil }
        remember(name, password)
        return name
    }

    private func isVerified(_ name: String, _ password: [UInt8]) -> Bool {
        guard let fingerprint = verified.withLock({ $0[name] }),
            let given = PasswordHash.crypt(password, setting: fingerprint)
        else { return false }
        return PasswordHash.areEqual(given, fingerprint)
    }

    private func remember(_ name: String, _ password: [UInt8]) {
        let setting = PasswordHash.newFingerprintSetting()
        guard let fingerprint = PasswordHash.crypt(password, setting: setting) else { return }
        verified.withLock { $0[name] = fingerprint }
    }
}
