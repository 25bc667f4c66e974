/// What a person has said about a restart before it is sent.
package enum Agreement: Hashable, Sendable, Codable {
    /// Nothing. The policy alone decides.
    case none
    /// Approved it when asked. Opens the gates that ask for a person, and no others.
    case approved(by: String)
    /// Ordered it. Also opens what the order names: the person answers for that.
    case ordered(by: String, overriding: [Override] = [])
}
