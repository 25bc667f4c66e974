/// How far the agent may go with a graph.
package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing is done, and nothing is said.
    case off
    /// Everything is decided and recorded, nothing is sent.
    case shadow
    /// A person has to agree to each restart.
    case approve
    /// A restart is sent as soon as every gate is open.
    case auto
}
