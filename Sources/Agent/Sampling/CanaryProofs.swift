import Configuration
import Cycle
import Diagnosis
import GES

/// The canaries that accepted a connection in a poll: each proves the path to its network.
struct CanaryProofs: Sendable {
    private let canaries: [(network: IPNetwork, address: String)]
    private let kind: DataPlaneConfiguration.Address

    init(_ canaries: [DiagnosisPolicy.Canary], _ kind: DataPlaneConfiguration.Address) {
        self.canaries = canaries.compactMap { canary in
            IPNetwork(canary.network).map { ($0, canary.address) }
        }
        self.kind = kind
    }

    /// Notes with each reading the canary in the network of the graph.
    func fill(_ readings: inout [GraphReading], _ graphs: [Graph]) {
        guard !canaries.isEmpty else { return }
        let graphs = Dictionary(graphs.map { ($0.id, $0) }) { first, _ in first }
        for index in readings.indices {
            guard let graph = graphs[readings[index].graphID] else { continue }
            let text: String? =
                switch kind {
                case .private: graph.privateIP ?? graph.trafficIPs.first
                case .physical: graph.trafficIPs.first
                case .public: graph.publicIP
                }
            guard let address = text.flatMap(IPAddress.init) else { continue }
            readings[index].canary = canaries.first { $0.network.contains(address) }?.address
        }
    }
}
