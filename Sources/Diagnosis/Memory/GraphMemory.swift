package import Time

/// What diagnosis must still know of a graph after a start of the agent.
package struct GraphMemory: Hashable, Sendable, Codable {
    package let graphID: String
    /// Probes that the graph has answered since it was created.
    package var answered: Set<String> = []
    /// Since when it has refused or not accepted connections; nil while it accepts them.
    package var unreachableSince: Timestamp?
    /// When its verdict last changed between well and sick, oldest first.
    package var changes: [Timestamp] = []

    package init(graphID: String) {
        self.graphID = graphID
    }

    /// Whether the graph has ever answered.
    package var wasReached: Bool { !answered.isEmpty }

    package mutating func shift(by jump: Duration) {
        unreachableSince = unreachableSince.map { $0 + jump }
        changes = changes.map { $0 + jump }
    }
}
