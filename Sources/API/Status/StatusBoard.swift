package import Cycle
import Synchronization

/// Holds the status of the last step. The loop publishes it, HTTP handlers read it.
package final class StatusBoard: Sendable {
    private let content = Mutex((status: Status.starting, version: 0))
    package let series = SeriesBoard()

    package init() {}

    package func publish(_ newStatus: Status) {
        content.withLock { $0 = (newStatus, $0.version + 1) }
    }

    package var current: Status { content.withLock { $0.status } }

    /// Grows with each published status.
    package var version: Int { content.withLock { $0.version } }

    /// The name of a graph as of the last step; empty if it is not known.
    package func graphName(_ id: String) -> String {
        content.withLock { $0.status.inventory.entries[id]?.graph.name ?? "" }
    }
}
