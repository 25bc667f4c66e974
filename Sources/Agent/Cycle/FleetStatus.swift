package import Remediation
package import Rules
import Series
import Synchronization
package import Time

/// What the last cycle left behind, for everybody who reads: one value, published whole.
package struct FleetStatus: Sendable {
    package var at: Timestamp
    package var inventory = Inventory()
    package var machine = Machine()
    package var view: FleetView
    package var alerts: [ActiveAlert] = []
    /// The alerts of others, and which of them ask for a restart.
    package var received = ReceivedAlerts()
    package var asking: Set<ReceivedAlert.Key> = []
    package var groups: [GroupStatus] = []
    /// Why the agent is not ready; empty when it is.
    package var notReady: [String]
    /// The samples of the graphs, under the names by which rules read them.
    package var samples: [GraphSample] = []

    package static let starting = FleetStatus(
        at: Timestamp(milliseconds: 0),
        view: FleetView(graphs: [:], sightSince: nil, freshness: .zero),
        notReady: ["the first sampling cycle has not ended"]
    )
}

/// Where the cycle puts its status and readers take it.
package final class StatusBoard: Sendable {
    private let status = Mutex(FleetStatus.starting)
    package let series = SeriesBoard()

    package init() {}

    package func publish(_ newStatus: FleetStatus) {
        status.withLock { $0 = newStatus }
    }

    package var current: FleetStatus { status.withLock { $0 } }
}
