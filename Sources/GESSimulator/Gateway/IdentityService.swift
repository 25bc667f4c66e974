import Time

/// IAM: issues tokens and checks them.
struct IdentityService: Sendable {
    struct Token: Sendable {
        let text: String
        let issued: Timestamp
        /// The expiry in the answer.
        let expires: Timestamp
        /// When it is actually refused; never later than `expires`.
        let dies: Timestamp
    }

    enum Refusal: Error, Equatable {
        case wrongPassword
        case locked
    }

    let domain: String
    let user: String
    var password: String
    var life: Duration
    let tokenBytes: Int
    private var tokens: [String: Token] = [:]
    private var failureTimes: [Timestamp] = []
    private var lockedUntil: Timestamp?

    /// Five wrong passwords within an hour lock the account for 15 minutes: IAM's defaults.
    private static let failuresMaximum = 5
    private static let failureWindow: Duration = .seconds(3600)
    private static let lockDuration: Duration = .seconds(15 * 60)
    private static let tokensMaximum = 10_000

    init(domain: String, user: String, password: String, life: Duration, tokenBytes: Int) {
        self.domain = domain
        self.user = user
        self.password = password
        self.life = life
        self.tokenBytes = tokenBytes
    }

    func isLocked(at now: Timestamp) -> Bool {
        lockedUntil.map { now < $0 } ?? false
    }

    var issuedTokens: [String] { Array(tokens.keys) }

    /// Issues a token for the right password.
    /// - Parameter trueLife: the token's actual life, if shorter than announced.
    mutating func issue(
        domain: String,
        user: String,
        password: String,
        trueLife: Duration?,
        at now: Timestamp,
        with generator: inout SeededGenerator
    ) throws(Refusal) -> Token {
        guard !isLocked(at: now) else { throw .locked }
        guard domain == self.domain, user == self.user, password == self.password else {
            failureTimes.removeAll { $0 + Self.failureWindow <= now }
            failureTimes.append(now)
            if failureTimes.count >= Self.failuresMaximum {
                lockedUntil = now + Self.lockDuration
                failureTimes = []
            }
            throw .wrongPassword
        }
        failureTimes = []
        return issue(at: now, trueLife: trueLife, with: &generator)
    }

    mutating func issue(
        at now: Timestamp,
        trueLife: Duration?,
        with generator: inout SeededGenerator
    ) -> Token {
        let token = Token(
            text: generator.token(bytes: tokenBytes),
            issued: now,
            expires: now + life,
            dies: now + min(trueLife ?? life, life)
        )
        prune(at: now)
        tokens[token.text] = token
        return token
    }

    /// Returns nil if the token is valid. The message tails are the gateway's.
    func refusalTail(ofToken text: String, at now: Timestamp) -> String? {
        guard let token = tokens[text] else { return "decrypt token fail" }
        guard now < token.dies else {
            return "token expires, expires_at: \(min(token.expires, token.dies).withMicroseconds)"
        }
        return nil
    }

    func end(ofToken text: String, at now: Timestamp) -> Timestamp? {
        tokens[text].flatMap { now < $0.dies ? $0.dies : nil }
    }

    mutating func revokeAll() {
        tokens = [:]
    }

    private mutating func prune(at now: Timestamp) {
        guard tokens.count >= Self.tokensMaximum else { return }
        tokens = tokens.filter { now < $0.value.dies }
        if tokens.count >= Self.tokensMaximum { tokens = [:] }
    }
}
