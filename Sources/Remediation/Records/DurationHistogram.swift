import Time

/// A histogram of durations between a second and two hours.
package struct DurationHistogram: Hashable, Sendable {
    package static let upperBoundsSeconds: [Double] = [
        1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    ]

    /// For each bucket by itself, not cumulative. The last one has no upper bound.
    package var counts = [Int](repeating: 0, count: upperBoundsSeconds.count + 1)
    package var sumSeconds: Double = 0

    package init() {}

    mutating func record(_ duration: Duration) {
        let seconds = Double(duration.wholeMilliseconds) / 1000
        let index = Self.upperBoundsSeconds.firstIndex { seconds <= $0 }
        counts[index ?? Self.upperBoundsSeconds.count] += 1
        sumSeconds += seconds
    }
}
