package import Time

/// What a graph said of its nodes at one time.
package struct NodeReading: Hashable, Sendable {
    package let graphID: String
    /// The time for which the samples hold.
    package let at: Timestamp
    /// Of the metrics of `GraphMetric.ofNodes`.
    package private(set) var samples: [GraphSample] = []
    /// Samples beyond `maximumSamples`.
    package private(set) var omitted = 0

    /// More than 64 nodes have without disks. A graph that names more does not fill the memory.
    package static let maximumSamples = 1_200

    package init(graphID: String, at: Timestamp) {
        self.graphID = graphID
        self.at = at
    }

    /// Adds samples that have the same labels.
    ///
    /// - Parameter labels: those after `graph_id`.
    package mutating func add(_ values: [(GraphMetric, Double)], labels: [String]) {
        let labelValues = [graphID] + labels
        let room = Self.maximumSamples - samples.count
        omitted += max(0, values.count - room)
        for (metric, value) in values.prefix(room) {
            samples.append(GraphSample(metric: metric, labelValues: labelValues, value: value))
        }
    }
}
