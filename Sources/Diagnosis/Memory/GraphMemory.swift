package import Time

/// What diagnosis must still know of a graph after a start of the agent.
package struct GraphMemory: Hashable, Sendable, Codable {
    package let graphID: String
    /// Probes that the graph has answered since it was created.
    package var answered: Set<String> = []
    /// Since when it has refused or not accepted connections; nil while it accepts them.
    package private(set) var unreachableSince: Timestamp?
    /// When it was last seen before it became unreachable.
    package private(set) var unreachableAfter: Timestamp?
    /// Whether it was sick when it was judged last; nil if it never was judged.
    package var wasSick: Bool?
    /// When its verdict last changed between well and sick, oldest first.
    package var changes: [Timestamp] = []

    package init(graphID: String) {
        self.graphID = graphID
    }

    /// Whether the graph has ever answered any probe.
    package var wasReached: Bool { !answered.isEmpty }

    /// When it began to refuse or not to accept connections; nil while it accepts them.
    package var onset: Onset? {
        get {
            unreachableSince.map { Onset(after: unreachableAfter ?? $0, until: $0) }
        }
        set {
            unreachableSince = newValue?.until
            unreachableAfter = newValue?.after
        }
    }

    package mutating func shift(by jump: Duration) {
        unreachableAfter = unreachableAfter.map { $0 + jump }
        unreachableSince = unreachableSince.map { $0 + jump }
        changes = changes.map { $0 + jump }
    }
}
