package import JSON

/// Reads on which no decision rests, for those who examine how the service answers.
extension GESClient {
    /// The ids on one page of the list of graphs, in its order.
    package func graphIDs(offset: Int, limit: Int) async throws(GESError) -> [String] {
        let document = try await read(
            "list_graphs",
            path: graphsPath,
            query: [.init("offset", String(offset)), .init("limit", String(limit))]
        )
        return (document["graphs"]?.arrayValue ?? []).compactMap { Graph($0)?.id }
    }

    /// What a graph measures of its nodes, as it came.
    package func nodeMetricsDocument(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> JSONValue {
        try await readDocument(
            of: graph,
            "node_metrics",
            path: ["om", "metrics"],
            query: [.init("real_time", "false"), .init("with_performance_metrics", "true")],
            dataPlane: dataPlane
        ).document
    }
}
