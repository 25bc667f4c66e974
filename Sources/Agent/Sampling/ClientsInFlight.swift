import API
import HTTPClient
import Synchronization

/// The requests in flight of the HTTP clients. After a reload there may be more than one set for a
/// while: the old ones go away when their last effect has ended.
package final class ClientsInFlight: Sendable {
    private struct Clients: Sendable {
        weak let management: HTTPClient?
        weak let dataPlane: HTTPClient?
        weak let cloudEye: HTTPClient?

        var isGone: Bool { management == nil && dataPlane == nil && cloudEye == nil }
    }

    private let all = Mutex<[Clients]>([])

    package init() {}

    /// - Parameter cloudEye: nil if Cloud Eye is not read.
    func add(management: HTTPClient, dataPlane: HTTPClient, cloudEye: HTTPClient?) {
        all.withLock { all in
            all.removeAll(where: \.isGone)
            all.append(
                Clients(management: management, dataPlane: dataPlane, cloudEye: cloudEye)
            )
        }
    }

    /// IAM and GES share a client.
    func measure(in metrics: MetricRegistry) {
        let all = all.withLock { $0 }
        let cloudEye = all.compactMap(\.cloudEye)
        var clients = [
            (service: "ges", source: "ges_api", clients: all.compactMap(\.management)),
            (service: "data_plane", source: "probe", clients: all.compactMap(\.dataPlane)),
        ]
        if !cloudEye.isEmpty { clients.append(("ces", "cloud_eye", cloudEye)) }
        for (service, source, clients) in clients {
            let count = clients.map(\.statistics).reduce(0) { $0 + $1.inFlight + $1.queued }
            metrics.set(MetricCatalog.clientInFlight, to: Double(count), service)
            metrics.set(MetricCatalog.samplingInFlight, to: Double(count), source)
        }
    }

    package func shutdown() {
        for clients in all.withLock({ $0 }) {
            clients.management?.shutdown()
            clients.dataPlane?.shutdown()
            clients.cloudEye?.shutdown()
        }
    }
}
