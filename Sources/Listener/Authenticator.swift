import NIOPosix
import Synchronization

/// The users and tokens that a server accepts.
package struct AuthenticationConfiguration: Sendable {
    /// Bcrypt password hashes by user name.
    package var basicUsers: [String: String] = [:]
    /// Bearer tokens by the name of their holder. A token has at least 16 bytes.
    package var bearerTokens: [String: String] = [:]
    package var realm = "graphwarden"

    package init() {}
}

/// Why an `AuthenticationConfiguration` is invalid. Never contains a secret.
package enum AuthenticationError: Error, Hashable, CustomStringConvertible {
    case nobody
    case notBcrypt
    case cost(Int)
    case weakToken(name: String)
    indirect case user(String, AuthenticationError)

    package var description: String {
        switch self {
        case .nobody: "no users and no tokens: every request would be refused"
        case .notBcrypt: "not a bcrypt hash: make one with `htpasswd -nBC 10 USER`"
        case .cost(let cost): "bcrypt cost \(cost) is not between 4 and 16"
        case .weakToken(let name): "the token of \"\(name)\" is shorter than 16 bytes"
        case .user(let name, let error): "user \"\(name)\": \(error)"
        }
    }
}

/// Authenticates requests by HTTP basic authentication or bearer token.
///
/// Response times must not reveal whether a user exists or how much of a secret is right: unknown
/// users cost a hash as well, and secrets are compared in constant time.
package final class Authenticator: Sendable {
    private let users: [String: BcryptHash]
    private let tokens: [(name: String, token: String)]
    private let challenges: [String]
    /// By user, a salted fast hash of the last password that bcrypt accepted. Scrapes come every
    /// few seconds and bcrypt is slow by design. Kept in memory only.
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

    /// The `WWW-Authenticate` fields of a 401 response.
    var challengeHeaders: HeaderFields {
        HeaderFields(challenges.map { ("WWW-Authenticate", $0) })
    }

    /// Returns the name of the user or token holder, or nil if authentication fails. Checks
    /// passwords on `thread`, one at a time, so that an attacker can occupy one core at most.
    func user(of request: ServerRequest, thread: NIOThreadPool) async -> String? {
        let fields = request.headers.values("Authorization")
        // More than one field is ambiguous: a proxy might check another one than we do.
        guard fields.count == 1 else { return nil }
        let parts = fields[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        switch parts[0].lowercased() {
        case "basic": return await basicUser(parts[1], thread)
        case "bearer": return holder(of: String(parts[1]))
        default: return nil
        }
    }

    /// Compares with every token even after a match, so that timing does not reveal which matched.
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
        // Hash for unknown users too, so that timing does not reveal which users exist.
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
