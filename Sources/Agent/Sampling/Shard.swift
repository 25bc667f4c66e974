import Coordination
import GES

/// A part of the fleet, for agents that divide it among themselves: `2/3` is the second of three.
///
/// A graph belongs to the part for which the hash of both is highest (rendezvous hashing), so that
/// another number of parts moves as few graphs as possible.
package struct Shard: Hashable, Sendable {
    /// From 1.
    package let number: Int
    package let count: Int

    package static let largestCount = 100

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]),
            (1...Self.largestCount).contains(count), (1...count).contains(number)
        else { return nil }
        self.number = number
        self.count = count
    }

    func contains(_ graphID: String) -> Bool {
        RendezvousHash.owner(of: graphID, among: Array(1...count), by: \.description) == number
    }
}

extension Shard: CustomStringConvertible {
    package var description: String { "\(number)/\(count)" }
}

/// A cloud of which only the graphs of one part are seen.
struct ShardedSource: GraphSource {
    let source: any GraphSource
    let shard: Shard

    var gatewayClockOffset: Duration? { source.gatewayClockOffset }

    func listGraphs() async throws(GESError) -> GraphListing {
        ours(try await source.listGraphs())
    }

    func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        let shard = shard
        return ours(
            try await source.listGraphs { page in onPage(page.filter { shard.contains($0.id) }) }
        )
    }

    private func ours(_ listing: GraphListing) -> GraphListing {
        var listing = listing
        listing.graphs.removeAll { !shard.contains($0.id) }
        return listing
    }

    func graph(_ id: String) async throws(GESError) -> Graph { try await source.graph(id) }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        try await source.jobs(filter)
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        await source.probe(kind, of: graph, dataPlane: dataPlane)
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] {
        try await source.runningTasks(of: graph, dataPlane: dataPlane)
    }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        try await source.realTimeQueries(of: graph, dataPlane: dataPlane)
    }

    func acceptsConnections(_ address: String, timeout: Duration) async -> Bool {
        await source.acceptsConnections(address, timeout: timeout)
    }
}
