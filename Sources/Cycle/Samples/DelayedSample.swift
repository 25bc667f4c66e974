package import Time

/// A sample of another monitoring service, whose values are minutes old when they can be read. It
/// keeps the time for which it holds.
package struct DelayedSample: Hashable, Sendable {
    package let graphID: String
    /// One of `GraphMetric.ofCloudEye`.
    package let metric: GraphMetric
    package let at: Timestamp
    package let value: Double

    package init(graphID: String, metric: GraphMetric, at: Timestamp, value: Double) {
        self.graphID = graphID
        self.metric = metric
        self.at = at
        self.value = value
    }
}
