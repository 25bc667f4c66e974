/// How far the agent may go with a graph. The modes form a ladder: each does what the one before
/// does, and more.
package enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// Watch only: decide nothing and say nothing.
    case off
    /// Decide and record everything, send nothing.
    case shadow
    /// Send a restart once a person has approved it.
    case approve
    /// Send a restart as soon as every gate is open.
    case auto
}

extension Mode {
    /// Whether a graph of this mode is restarted, with or without a person.
    package var restarts: Bool { self == .approve || self == .auto }
}
