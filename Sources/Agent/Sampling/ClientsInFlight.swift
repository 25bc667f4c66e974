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
        weak let monitoring: HTTPClient?

        var isGone: Bool {
            management == nil && dataPlane == nil && cloudEye == nil && monitoring == nil
        }
    }

    private let all = Mutex<[Clients]>([])

    package init() {}

    /// - Parameters:
    ///   - cloudEye: nil if Cloud Eye is not read.
    ///   - monitoring: nil if the nodes of graphs are not read.
    func add(
        management: HTTPClient,
        dataPlane: HTTPClient,
        cloudEye: HTTPClient?,
        monitoring: HTTPClient?
    ) {
        all.withLock { all in
            all.removeAll(where: \.isGone)
            all.append(
                Clients(
                    management: management,
                    dataPlane: dataPlane,
                    cloudEye: cloudEye,
                    monitoring: monitoring
                )
            )
        }
    }

    /// IAM and GES share a client. The graphs have two.
    func measure(in metrics: MetricRegistry) {
        let all = all.withLock { $0 }
        let sources = [
            (service: "ges", source: "ges_api", clients: all.compactMap(\.management)),
            (service: "data_plane", source: "probe", clients: all.compactMap(\.dataPlane)),
            (service: "ces", source: "cloud_eye", clients: all.compactMap(\.cloudEye)),
            (service: "data_plane", source: "node_metrics", clients: all.compactMap(\.monitoring)),
        ]
        var counts: [String: Int] = [:]
        for (service, source, clients) in sources
        where !clients.isEmpty || ["ges_api", "probe"].contains(source) {
            let count = clients.map(\.statistics).reduce(0) { $0 + $1.inFlight + $1.queued }
            counts[service, default: 0] += count
            metrics.set(MetricCatalog.samplingInFlight, to: Double(count), source)
        }
        for (service, count) in counts {
            metrics.set(MetricCatalog.clientInFlight, to: Double(count), service)
        }
    }

    package func shutdown() {
        for clients in all.withLock({ $0 }) {
            clients.management?.shutdown()
            clients.dataPlane?.shutdown()
            clients.cloudEye?.shutdown()
            clients.monitoring?.shutdown()
        }
    }
}
