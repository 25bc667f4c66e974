package import Time

/// Where an evaluator gets its samples. Windows are left-open: `after` < t <= `through`.
///
/// A source answers by reference, so that asking for the samples of a selected series hashes
/// no labels and allocates nothing.
package protocol SampleSource: Sendable {
    /// The series whose labels satisfy all matchers, in an order that is stable as long as the
    /// source does not change. Some of them may have no sample in the window of interest.
    func select(_ matchers: [LabelMatcher]) -> [SeriesReference]

    func labels(of series: SeriesReference) -> Labels

    /// The newest sample of the window; nil when there is none or the newest is a staleness marker.
    func newestSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample?

    /// Appends the samples of the window in order of time, leaving out staleness markers.
    func appendSamples(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp,
        to buffer: inout [Sample]
    )
}

/// Names one series of one source. Becomes invalid when the series is removed; what is asked of an
/// invalid reference is answered as for a series without samples.
package struct SeriesReference: Hashable, Sendable {
    let slot: UInt32
    /// Counts the series that have lived in the slot.
    let generation: UInt32

    /// For sources other than a `SeriesStore`, which number their series themselves.
    package init(slot: UInt32, generation: UInt32 = 0) {
        self.slot = slot
        self.generation = generation
    }

    package var number: Int { Int(slot) }
}
