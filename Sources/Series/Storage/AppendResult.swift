/// The result of an append, with the cases of Prometheus' TSDB head.
package enum AppendResult: Hashable, Sendable {
    case appended
    /// The newest sample has the same time and value; nothing was stored.
    case duplicate
    /// The newest sample has the same time but another value; the first value is kept.
    case conflictingValue
    /// The series already has a newer sample.
    case outOfOrder
    /// The sample is older than the retention.
    case tooOld
    /// The store is at its series limit; counted in `droppedSeriesTotal`.
    case seriesLimitReached
    /// The reference belongs to a series that has been removed.
    case unknownSeries

    package var isAccepted: Bool { self == .appended || self == .duplicate }
}
