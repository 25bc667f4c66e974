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
    /// What was begun is being followed; the phase says where it stands.
    case following(Phase)
}
