package import GES
package import Time

/// What the agent needs of Cloud Eye.
package protocol CloudEyeSource: Sendable {
    func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing
    func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer
}

extension GESClient: CloudEyeSource {}
