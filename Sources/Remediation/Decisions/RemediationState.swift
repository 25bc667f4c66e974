/// The word for where the remediation of a graph stands: the label `state` of
/// `graphwarden_graph_state`.
package enum RemediationState {
    private static let held = "held"
    private static let shadow = "shadow"

    package static let labels = Phase.Label.allCases.map(\.rawValue) + [held, shadow]

    /// The phase of the machine, and for a graph without one whether a restart is asked for.
    package static func label(_ phase: Phase, _ decision: Decision) -> String {
        guard phase == .idle else { return phase.label }
        return switch decision {
        case .hold: held
        case .shadow: shadow
        case .idle, .restart, .following: phase.label
        }
    }
}
