package import Listener
import Synchronization

/// A weak reference from the routes to the server that serves them, set once the server is bound.
package final class ListenerReference: Sendable {
    private struct Weak: Sendable {
        weak var server: HTTPServer?
    }

    private let reference = Mutex(Weak())

    package init() {}

    package func set(_ server: HTTPServer) {
        reference.withLock { $0.server = server }
    }

    func measure(in metrics: MetricRegistry) {
        guard let server = reference.withLock({ $0.server }) else { return }
        ListenerMeter.measure(server.statistics, server.limits, in: metrics)
    }
}
