package import GES
package import Time

/// Cloud Eye, always with requests: what it answers proves nothing about the management plane.
extension DirectClient {
    package func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing {
        try await client.cloudEyeMetrics(of: graphs, within: limit)
    }

    package func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer {
        try await client.cloudEyeSamples(of: series, from: from, to: to)
    }
}
