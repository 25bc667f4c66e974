import API
import HTTPClient
import Synchronization

/// The requests in flight of the HTTP clients. After a reload there may be more than one pair for a
/// while: the old pair goes away when its last effect has ended.
package final class ClientsInFlight: Sendable {
    private struct Pair: Sendable {
        weak let management: HTTPClient?
        weak let dataPlane: HTTPClient?

        var isGone: Bool { management == nil && dataPlane == nil }
    }

    private let pairs = Mutex<[Pair]>([])

    package init() {}

    func add(management: HTTPClient, dataPlane: HTTPClient) {
        pairs.withLock { pairs in
            pairs.removeAll(where: \.isGone)
            pairs.append(Pair(management: management, dataPlane: dataPlane))
        }
    }

    /// IAM and GES share a client.
    func measure(in metrics: MetricRegistry) {
        let pairs = pairs.withLock { $0 }
        let clients = [
            (service: "ges", source: "ges_api", clients: pairs.compactMap(\.management)),
            (service: "data_plane", source: "probe", clients: pairs.compactMap(\.dataPlane)),
        ]
        for (service, source, clients) in clients {
            let count = clients.map(\.statistics).reduce(0) { $0 + $1.inFlight + $1.queued }
            metrics.set(MetricCatalog.clientInFlight, to: Double(count), service)
            metrics.set(MetricCatalog.samplingInFlight, to: Double(count), source)
        }
    }

    func shutdown() {
        for pair in pairs.withLock({ $0 }) {
            pair.management?.shutdown()
            pair.dataPlane?.shutdown()
        }
    }
}
