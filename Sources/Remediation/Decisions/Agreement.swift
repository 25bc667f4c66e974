/// What a person has said about a restart before it is sent.
package enum Agreement: Hashable, Sendable, Codable {
    /// Nothing; the policy alone decides.
    case none
    /// Agreed when asked: opens the gates that ask for a person, and no other.
    case approved(by: String)
    /// Ordered the restart: opens also the gates that guard against a wrong diagnosis.
    case ordered(by: String)
}
