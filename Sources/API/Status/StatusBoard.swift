package import Cycle
import Synchronization

/// Holds the status of the last step. The loop publishes it, HTTP handlers read it.
package final class StatusBoard: Sendable {
    private let status = Mutex(Status.starting)
    package let series = SeriesBoard()

    package init() {}

    package func publish(_ newStatus: Status) {
        status.withLock { $0 = newStatus }
    }

    package var current: Status { status.withLock { $0 } }
}
