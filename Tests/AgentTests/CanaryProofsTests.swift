import Cycle
import Diagnosis
import Testing

@testable import Agent
@testable import GES

@Suite("Canaries that accept connections")
struct CanaryProofsTests {
    private static let subnet = "2d1c3c67-8a4b-4d4e-9d5f-1f6f0f7e1a11"

    private static var graph: Graph {
        var graph = Graph(id: "g", name: "orders", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.4"
        graph.trafficIPs = ["192.168.1.5"]
        graph.publicIP = "49.4.81.183"
        graph.subnetID = subnet
        return graph
    }

    private func canary(
        _ networks: [String],
        _ kind: DataPlaneConfiguration.Address = .private
    ) -> String? {
        let canaries = networks.map { network in
            DiagnosisPolicy.Canary(network: network, address: "\(network) canary")
        }
        var readings = [GraphReading(graphID: "g"), GraphReading(graphID: "unknown")]
        CanaryProofs(canaries, kind).fill(&readings, [Self.graph])
        #expect(readings[1].canary == nil)
        return readings[0].canary
    }

    @Test(
        "prove the path to the graphs in their network, named by addresses or by the subnet",
        arguments: [
            (["192.168.0.0/24"], .private, 0),
            (["192.168.1.0/24"], .private, nil), (["192.168.1.0/24"], .physical, 0),
            ([subnet], .private, 0), ([subnet], .physical, 0), ([subnet], .public, nil),
            (["another-subnet"], .private, nil), (["another-subnet", subnet], .private, 1),
            (["49.4.0.0/16"], .public, 0), ([], .private, nil),
        ] as [([String], DataPlaneConfiguration.Address, Int?)]
    )
    func networks(
        networks: [String],
        kind: DataPlaneConfiguration.Address,
        match: Int?
    ) {
        #expect(canary(networks, kind) == match.map { "\(networks[$0]) canary" })
    }
}
