package import Listener
import Synchronization

/// Weak references from the routes to the servers that serve them, set once they are bound.
package final class ListenerReference: Sendable {
    private struct Weak: Sendable {
        weak var server: HTTPServer?
    }

    private let references = Mutex<[Weak]>([])

    package init() {}

    /// - Parameter others: servers whose requests and refusals count too. Gauges and limits are
    ///   those of the first.
    package func set(_ server: HTTPServer, others: [HTTPServer] = []) {
        references.withLock { $0 = ([server] + others).map { Weak(server: $0) } }
    }

    func measure(in metrics: MetricRegistry) {
        let servers = references.withLock { $0.compactMap(\.server) }
        guard let server = servers.first else { return }
        var statistics = server.statistics
        for other in servers.dropFirst() { statistics.addCounters(of: other.statistics) }
        ListenerMeter.measure(statistics, server.limits, in: metrics)
    }
}
