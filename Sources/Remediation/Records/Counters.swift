package import Time

/// What the machine counted since the start of the agent.
package struct Counters: Hashable, Sendable {
    package var started = 0
    package var failures: [FailureReason: Int] = [:]
    /// By the label of the first hold reason; counted when that reason changes.
    package var suppressed: [String: Int] = [:]
    /// From the intent to the verified end.
    package var verifiedDurations = DurationHistogram()
    package var lastVerifiedAt: Timestamp?
    /// Lost because the disk refused them for long.
    package var droppedAuditEntries = 0

    package init() {}
}

package enum FailureReason: String, Hashable, Sendable, CaseIterable {
    case apiError = "api_error"
    case timeout
    case notRecovered = "not_recovered"
    case precondition
    case cancelled
    case unknown

    /// nil for an attempt that had the wanted effect, or whose failure was counted when it
    /// stalled.
    init?(_ outcome: AttemptOutcome) {
        switch outcome {
        case .verified, .stalled: return nil
        case .notRecovered: self = .notRecovered
        case .refused, .unauthorised, .throttled: self = .apiError
        case .notSent: self = .precondition
        case .probablyNotLanded: self = .unknown
        }
    }
}

/// Counts per bucket, not cumulated; the last one has no upper bound.
package struct DurationHistogram: Hashable, Sendable {
    package static let upperBoundsSeconds: [Double] = [
        1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
    ]

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
