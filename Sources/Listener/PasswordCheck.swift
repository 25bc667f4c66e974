/// A password and what to compare it with.
struct PasswordCheck: Sendable {
    let name: String
    let password: [UInt8]
    /// The user's hash; for an unknown name that of the user with the highest cost, so that time
    /// does not tell which names are users.
    let hash: BcryptHash
    let isKnown: Bool
    /// The highest cost among all users.
    let highestCost: Int

    /// Whether the password is right. A wrong one takes as long for every name, whatever the cost
    /// of its hash.
    func run() -> Bool {
        let matches = hash.matches(password)
        guard !matches || !isKnown else { return true }
        // Each cost takes twice as long as the one below, so these add up to the highest.
        for cost in hash.cost..<max(hash.cost, highestCost) {
            _ = PasswordHash.crypt(password, setting: BcryptHash.setting(cost: cost))
        }
        return false
    }
}
