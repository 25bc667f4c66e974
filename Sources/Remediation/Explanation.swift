/// Why a graph was, or was not, restarted.
package struct Explanation: Hashable, Sendable {
    package var graphID: GraphID
    package var phase: Phase
    package var decision: Decision
    /// The request that the gates were asked about; nil if they were asked as if there were one.
    package var request: RestartRequest?
    /// Every gate in evaluation order.
    package var gates: [GateFinding]
    package var attempts: [Attempt]
    /// The first moment at which all gates that close by time are open; nil if time alone opens
    /// nothing, or if nothing is closed.
    package var nextActionAt: Instant?
}

package struct GateFinding: Hashable, Sendable {
    package var gate: Gate
    /// nil if the gate is open.
    package var closedBy: HoldReason?
    /// One plain sentence, for an open gate too.
    package var sentence: String

    package var isOpen: Bool { closedBy == nil }
}
