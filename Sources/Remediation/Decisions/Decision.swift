/// What the machine decided about one graph in one step.
package enum Decision: Hashable, Sendable {
    /// Nothing asks for a restart, and nothing is in progress.
    case idle
    /// A restart is asked for, and these gates are closed, in evaluation order.
    case hold([HoldReason])
    /// Only the mode keeps this restart from being sent.
    case shadow(Intent)
    /// This restart was decided in this very step.
    case restart(Intent)
    /// Something is in progress, or the graph is resting; the phase says where it stands.
    case following(Phase)
}

extension Decision: CustomStringConvertible {
    /// A word from a fixed set, for the API and tables.
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
        case .hold(let reasons): "held: " + reasons.map(\.description).joined(separator: "; ")
        case .shadow(let intent):
            intent.action == .restart
                ? "would be restarted now (attempt \(intent.attempt))"
                : "the next rung would be taken now: \(intent.noun) (attempt \(intent.attempt))"
        case .restart(let intent):
            intent.action == .restart
                ? "being restarted now (attempt \(intent.attempt))"
                : "the next rung is taken now: \(intent.noun) (attempt \(intent.attempt))"
        case .following(let phase): phase.description
        }
    }
}
