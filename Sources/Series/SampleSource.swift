package import Time

/// The source of samples for an evaluator. Windows are open on the left: `after` < t <= `through`.
///
/// A source is asked in two steps, first for references and then for samples, so that reading a
/// selected series neither hashes labels nor allocates.
package protocol SampleSource: Sendable {
    /// The series whose labels satisfy all matchers, in an order that is stable while the source
    /// does not change. Some of them may have no sample in the window.
    ///
    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the selection.
    func select<Failure: Error>(
        _ matchers: [LabelMatcher],
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [SeriesReference]

    /// Changes whenever a selection may have another result; nil if the source does not tell.
    var seriesVersion: SeriesVersion? { get }

    func labels(of series: SeriesReference) -> Labels

    /// The newest sample of the window, or nil if there is none or it is a staleness marker.
    func newestSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample?

    /// The newest sample of a lookback. For a series whose samples are late by nature, the lookback
    /// begins earlier by `SeriesStore.longestDelay`: its newest sample is old, but it is the current
    /// value. Ranges are exact for every series.
    func currentSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample?

    /// Appends the samples of the window in order of time, without staleness markers.
    func appendSamples(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp,
        to buffer: inout [Sample]
    )
}

extension SampleSource {
    package var seriesVersion: SeriesVersion? { nil }

    package func currentSample(
        of series: SeriesReference,
        after: Timestamp,
        through: Timestamp
    ) -> Sample? {
        newestSample(of: series, after: after, through: through)
    }

    /// Selects without a limit of time.
    package func select(_ matchers: [LabelMatcher]) -> [SeriesReference] {
        select(matchers) { _ in }
    }
}

/// Which series a source has. Compared by identity: whoever holds a version can tell whether a
/// source still has the same series, or is a copy that does.
package final class SeriesVersion: Sendable {
    /// Whether a series may have the labels `__type__` or `__unit__`.
    package let describesMetrics: Bool

    package init(describesMetrics: Bool) {
        self.describesMetrics = describesMetrics
    }
}

/// Identifies one series of one source. It becomes invalid when the series is removed; a source
/// treats an invalid reference like a series without samples.
package struct SeriesReference: Hashable, Sendable {
    let slot: UInt32
    /// The number of earlier series in the same slot, which tells a reused slot from the original.
    let generation: UInt32

    /// For sources other than `SeriesStore` that number their series themselves.
    package init(slot: UInt32, generation: UInt32 = 0) {
        self.slot = slot
        self.generation = generation
    }

    package var number: Int { Int(slot) }
}
