package import Cycle
import Synchronization

/// Where the loop puts the status of the last step and readers take it.
package final class StatusBoard: Sendable {
    private let status = Mutex(Status.starting)
    package let series = SeriesBoard()

    package init() {}

    package func publish(_ newStatus: Status) {
        status.withLock { $0 = newStatus }
    }

    package var current: Status { status.withLock { $0 } }
}
