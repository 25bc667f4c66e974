import Time

/// Restarts by others of graphs that this agent was about to restart, or had just restarted. One
/// may be a person who was faster. Several say that another agent watches the same fleet without
/// sharing the ledger, and that both would restart the next graph.
package struct Rivals: Hashable, Sendable {
    /// Those within `memory` of the newest.
    private var sightings: [Timestamp] = []

    private static let memory: Duration = .seconds(86_400)
    /// So many say that there is another agent.
    package static let proof = 2
    /// How far a restart of others may be from our own.
    static let closeness: Duration = .seconds(120)

    package var count: Int { sightings.count }

    mutating func note(_ instant: Timestamp) {
        sightings.removeAll { instant - $0 > Self.memory }
        sightings = sightings.suffix(9) + [instant]
    }
}
