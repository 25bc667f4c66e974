/// What became of a sample that was offered to the store (Prometheus' tsdb head has the same cases).
package enum AppendResult: Hashable, Sendable {
    case appended
    /// The newest sample has this very time and value; nothing to do.
    case duplicate
    /// The newest sample has this time but another value; the first one stays.
    case conflictingValue
    /// The series has a newer sample.
    case outOfOrder
    /// Older than what the store still keeps.
    case tooOld
    /// The store holds as many series as it may; counted in `droppedSeriesTotal`.
    case seriesLimitReached
    /// The reference names a series that has been removed.
    case unknownSeries

    package var isAccepted: Bool { self == .appended || self == .duplicate }
}
