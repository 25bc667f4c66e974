/// What the machine makes of one graph in one step.
package enum Decision: Hashable, Sendable {
    /// Nothing asks for a restart, and nothing is under way.
    case idle
    /// A restart is asked for, and these gates are closed: every one of them, in evaluation order.
    case hold([HoldReason])
    /// Only the mode keeps this restart from being sent.
    case shadow(Intent)
    /// This restart was decided in this very step.
    case restart(Intent)
    /// What was begun is being followed, or left alone afterwards; the phase says where it stands.
    case following(Phase)
}

extension Decision: CustomStringConvertible {
    /// A bounded word, for logs and tables.
    package var label: String {
        switch self {
        case .idle: "idle"
        case .hold: "hold"
        case .shadow: "shadow"
        case .restart: "restart"
        case .following: "following"
        }
    }

    package var description: String {
        switch self {
        case .idle: "nothing asks for a restart"
        case .hold(let reasons):
            "held: " + reasons.map(\.description).joined(separator: "; ")
        case .shadow(let intent): "would be restarted now (attempt \(intent.attempt))"
        case .restart(let intent): "restarted now (attempt \(intent.attempt))"
        case .following(let phase): phase.description
        }
    }
}
