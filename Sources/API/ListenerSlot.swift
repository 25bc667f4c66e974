package import Listener
import Synchronization

/// A weak way from the routes back to the server that serves them.
package final class ListenerSlot: Sendable {
    private struct Weak: Sendable {
        weak var server: HTTPServer?
    }

    private let slot = Mutex(Weak())

    package init() {}

    package func fill(_ server: HTTPServer) {
        slot.withLock { $0.server = server }
    }

    var statistics: ListenerStatistics? { slot.withLock { $0.server?.statistics } }
}
