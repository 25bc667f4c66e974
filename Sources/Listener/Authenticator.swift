import URI

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
/// users cost a hash as well, every hash takes as long as the slowest, and secrets are compared in
/// constant time.
package final class Authenticator: Sendable {
    /// What the `Authorization` field of a request says.
    enum Credentials: Sendable {
        case accepted(String)
        case refused
        /// A password that only bcrypt can judge, unless the answer is remembered.
        case password(PasswordCheck)
    }

    private let users: [String: BcryptHash]
    /// The hash with the highest cost, for names that are no users.
    private let slowest: BcryptHash?
    private let tokens: [(name: String, token: String)]
    private let challenges: [String]

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
        slowest = users.values.max { $0.cost < $1.cost }
        let realm = configuration.realm.filter { $0 != "\"" && $0 != "\\" }
        let basic = users.isEmpty ? [] : ["Basic realm=\"\(realm)\", charset=\"UTF-8\""]
        challenges = basic + (tokens.isEmpty ? [] : ["Bearer realm=\"\(realm)\""])
    }

    /// The `WWW-Authenticate` fields of a 401 response.
    var challengeHeaders: HeaderFields {
        HeaderFields(challenges.map { ("WWW-Authenticate", $0) })
    }

    /// Takes microseconds: it runs no hash.
    ///
    /// - Parameter fields: the values of all `Authorization` fields. More than one is ambiguous: a
    ///   proxy might check another one than we do.
    func credentials(in fields: [String]) -> Credentials {
        guard fields.count == 1 else { return .refused }
        let parts = fields[0].split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return .refused }
        switch parts[0].lowercased() {
        case "basic": return basic(parts[1])
        case "bearer": return holder(of: String(parts[1])).map { .accepted($0) } ?? .refused
        default: return .refused
        }
    }

    /// Compares with every token even after a match, so that timing does not reveal which matched.
    private func holder(of token: String) -> String? {
        tokens.reduce(nil) { found, known in
            PasswordHash.areEqual(known.token, token) ? known.name : found
        }
    }

    private func basic(_ credentials: Substring) -> Credentials {
        guard let slowest, let bytes = Base64.decode(credentials),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let name = String(validating: bytes[..<colon], as: UTF8.self)
        else { return .refused }
        let known = users[name]
        return .password(
            PasswordCheck(
                name: name,
                password: Array(bytes[(colon + 1)...]),
                hash: known ?? slowest,
                isKnown: known != nil,
                highestCost: slowest.cost
            )
        )
    }
}
