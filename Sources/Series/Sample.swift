package import Time

/// One value of one series at one time.
package struct Sample: Sendable {
    package var timestamp: Timestamp
    package var value: Double

    package init(timestamp: Timestamp, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// Samples are equal when their bits are: a NaN equals itself, a staleness marker no other NaN.
extension Sample: Hashable {
    package static func == (left: Sample, right: Sample) -> Bool {
        left.timestamp == right.timestamp && left.value.bitPattern == right.value.bitPattern
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(timestamp)
        hasher.combine(value.bitPattern)
    }
}

/// The value that says "this series ended here" (Prometheus model/value).
package enum Staleness {
    /// A signalling NaN that no arithmetic produces; told apart from other NaNs by its bits alone.
    package static let marker = Double(bitPattern: 0x7ff0_0000_0000_0002)

    package static func isMarker(_ value: Double) -> Bool {
        value.bitPattern == 0x7ff0_0000_0000_0002
    }
}
