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

/// Samples are equal if their bits are: a NaN equals itself, and a staleness marker equals no other
/// NaN.
extension Sample: Hashable {
    package static func == (left: Sample, right: Sample) -> Bool {
        left.timestamp == right.timestamp && left.value.bitPattern == right.value.bitPattern
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(timestamp)
        hasher.combine(value.bitPattern)
    }
}

/// The staleness marker: the value by which a scraper or rule records that a series has ended
/// (Prometheus model/value). Without it, the last sample would count as current for the whole
/// lookback.
package enum Staleness {
    /// A signalling NaN that arithmetic never produces. It is distinguished from other NaNs only by
    /// its bits.
    package static let marker = Double(bitPattern: 0x7ff0_0000_0000_0002)

    package static func isMarker(_ value: Double) -> Bool {
        value.bitPattern == 0x7ff0_0000_0000_0002
    }
}
