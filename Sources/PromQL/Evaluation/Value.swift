package import Series
package import Time

/// The result of a query.
package enum Value: Hashable, Sendable {
    case scalar(Double, at: Timestamp)
    case string(String)
    /// Unordered, unless the expression sorts.
    case vector([VectorSample])
    /// Sorted by labels.
    case matrix([SeriesPoints])
}

/// One element of an instant vector.
package struct VectorSample: Sendable {
    package var labels: Labels
    package var timestamp: Timestamp
    package var value: Double

    package init(labels: Labels, timestamp: Timestamp, value: Double) {
        self.labels = labels
        self.timestamp = timestamp
        self.value = value
    }
}

/// Compares values by bits, so that a NaN equals itself.
extension VectorSample: Hashable {
    package static func == (left: VectorSample, right: VectorSample) -> Bool {
        left.labels == right.labels && left.timestamp == right.timestamp
            && left.value.bitPattern == right.value.bitPattern
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(labels)
        hasher.combine(timestamp)
        hasher.combine(value.bitPattern)
    }
}

/// One series of a matrix, with its points in order of time.
package struct SeriesPoints: Hashable, Sendable {
    package var labels: Labels
    package var points: [Sample]

    package init(labels: Labels, points: [Sample]) {
        self.labels = labels
        self.points = points
    }
}

/// The value of a query and its annotations.
package struct QueryResult: Hashable, Sendable {
    package var value: Value
    package var annotations: Annotations
}
