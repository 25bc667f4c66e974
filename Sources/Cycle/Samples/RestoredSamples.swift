package import Series
import Time

/// Samples of before the start that come in after it.
package struct EarlierSamples: Sendable {
    package struct Series: Sendable {
        package let labels: Labels
        /// Oldest first.
        package let chunks: [SealedChunk]

        package init(labels: Labels, chunks: [SealedChunk]) {
            self.labels = labels
            self.chunks = chunks
        }
    }

    package var series: [Series]
    /// That of the store when they were asked for, see `SeriesStore.epoch`.
    package let epoch: Int

    package init(_ series: [Series], epoch: Int) {
        self.series = series
        self.epoch = epoch
    }
}

/// The samples of an earlier process, by series.
///
/// They prove nothing about now. So none is in the store, and no rule sees it, before this process
/// has read a sample of the same series: without one, every rule has the result that it would have
/// without history. With the first one they are put before it in the store, and the time in which
/// nobody looked is a gap.
struct RestoredSamples: Sendable {
    private var series: [Labels: [SealedChunk]] = [:]
    /// The time of the newest sample of all; nil if there was never one.
    private(set) var newest: Timestamp?
    /// Whether the samples that come in now were read, rather than being the news that nothing could
    /// be.
    var mayWake = true
    /// Whether there may be samples of series that this process has read already.
    var isLate = false

    var isEmpty: Bool { series.isEmpty }
    var seriesCount: Int { series.count }

    mutating func add(_ chunks: [SealedChunk], of labels: Labels) {
        guard let last = chunks.map(\.last).max() else { return }
        series[labels, default: []] += chunks
        newest = max(newest ?? last, last)
    }

    /// Puts the samples of a series, if there are any, into the store before its first sample.
    ///
    /// - Parameter time: of that sample.
    mutating func wake(_ labels: Labels, in store: inout SeriesStore, before time: Timestamp) {
        guard mayWake, !series.isEmpty, let chunks = series.removeValue(forKey: labels) else {
            return
        }
        store.restore(chunks, of: labels, before: time)
    }

    /// Puts the samples of series that are in the store already before those that are there.
    mutating func wakeKnown(in store: inout SeriesStore) {
        guard mayWake, isLate else { return }
        isLate = false
        let known = store.select([]).filter { series[store.labels(of: $0)] != nil }
        let own = known.map { reference in
            (
                labels: store.labels(of: reference),
                samples: store.rawSamples(
                    of: reference,
                    after: .distantPast,
                    through: .distantFuture
                )
            )
        }
        // A series takes samples in order of time only.
        store.remove(known)
        for (labels, samples) in own {
            if let first = samples.first {
                wake(labels, in: &store, before: first.timestamp)
            }
            for sample in samples { store.append(labels, sample.value, at: sample.timestamp) }
        }
    }

    /// Forgets graphs that are gone, or that another agent watches. They would be as old as the
    /// absence if the graph returned.
    mutating func keep(where isKept: (_ graphID: String) -> Bool) {
        let gone = series.keys.filter { labels in
            let id = labels["graph_id"]
            return !id.isEmpty && !isKept(id)
        }
        for labels in gone { series[labels] = nil }
    }

    /// Forgets what no window reaches any more.
    mutating func prune(before time: Timestamp) {
        let old = series.filter { _, chunks in chunks.allSatisfy { $0.last < time } }
        for labels in old.keys { series[labels] = nil }
    }
}
