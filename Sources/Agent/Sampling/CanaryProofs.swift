import Configuration
import Cycle
import Diagnosis
import GES

/// The canaries that accepted a connection in a poll: each proves the path to its network.
struct CanaryProofs: Sendable {
    private enum Network {
        case addresses(IPNetwork)
        case subnet(id: String)
    }

    private let canaries: [(network: Network, address: String)]
    private let kind: DataPlaneConfiguration.Address

    init(_ canaries: [DiagnosisPolicy.Canary], _ kind: DataPlaneConfiguration.Address) {
        self.canaries = canaries.map { canary in
            let network = IPNetwork(canary.network).map(Network.addresses)
            return (network ?? .subnet(id: canary.network), canary.address)
        }
        self.kind = kind
    }

    /// Notes with each reading the canary in the network of the graph.
    func fill(_ readings: inout [GraphReading], _ graphs: [Graph]) {
        guard !canaries.isEmpty else { return }
        let graphs = Dictionary(graphs.map { ($0.id, $0) }) { first, _ in first }
        for index in readings.indices {
            guard let graph = graphs[readings[index].graphID] else { continue }
            readings[index].canary = canary(of: graph)
        }
    }

    private func canary(of graph: Graph) -> String? {
        let text: String? =
            switch kind {
            case .private: graph.privateIP ?? graph.trafficIPs.first
            case .physical: graph.trafficIPs.first
            case .public: graph.publicIP
            }
        guard let address = text.flatMap(IPAddress.init) else { return nil }
        return canaries.first { canary in
            switch canary.network {
            case .addresses(let network): network.contains(address)
            // A public address says nothing about the network behind it.
            case .subnet(let id): kind != .public && graph.subnetID == id
            }
        }?.address
    }
}
