package import GES

/// What the monitoring of nodes needs of the graphs.
package protocol NodeMetricsSource: Sendable {
    func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics
}

extension GESClient: NodeMetricsSource {}
