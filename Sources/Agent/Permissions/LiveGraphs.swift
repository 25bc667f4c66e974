import API
package import Configuration
import Cycle
import GES

/// Reads the list of graphs once, and tries the way to each that runs: for `check config --live`.
package struct LiveGraphs: Sendable {
    package private(set) var subjects: [GraphCoverage.Subject] = []
    /// Why the list is not whole; nil if it is.
    package private(set) var shortfall: String?

    /// Graphs that are probed at once. A graph that does not answer takes the time-out.
    private static let maximumInFlight = 32

    /// - Throws: `StartError` if a CA file cannot be read, `GESError` if the graphs cannot be listed.
    package static func read(_ configuration: Configuration) async throws -> LiveGraphs {
        let clients = ClientsInFlight()
        defer { clients.shutdown() }
        var session = CloudSession(metrics: MetricRegistry(), clients: clients)
        let client = try session.gesClient(for: configuration)
        let listing = try await client.listGraphs()
        var live = LiveGraphs()
        live.shortfall = listing.isComplete ? nil : listing.shortfall ?? "it is incomplete"
        let graphs = Array(listing.graphs.prefix(Inventory.maximumGraphs))
        live.subjects = await withTaskGroup(of: (Int, GraphCoverage.Subject).self) { group in
            var found: [(Int, GraphCoverage.Subject)] = []
            for (index, graph) in graphs.enumerated() {
                if index >= maximumInFlight, let next = await group.next() { found.append(next) }
                group.addTask {
                    (index, await subject(graph, client, configuration.sampling))
                }
            }
            for await next in group { found.append(next) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return live
    }

    private static func subject(
        _ graph: Graph,
        _ client: GESClient,
        _ sampling: SamplingConfiguration
    ) async -> GraphCoverage.Subject {
        var subject = GraphCoverage.Subject(ListedGraph(graph))
        subject.path = sampling.dataPlane.route(to: graph)?.text ?? "no usable address"
        guard graph.status.isRunning else {
            subject.reached = "not tried: status \(graph.status)"
            return subject
        }
        guard sampling.dataPlane.route(to: graph) != nil else {
            subject.reached = "no"
            return subject
        }
        var failures: [String] = []
        for probe in sampling.probes {
            let result = await client.probe(probe, of: graph, dataPlane: sampling.dataPlane)
            if case .alive = result { continue }
            failures.append("\(probe.rawValue): \(result.text)")
        }
        subject.reached = failures.isEmpty ? "yes" : failures.joined(separator: "; ")
        return subject
    }
}
