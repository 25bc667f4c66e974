package import Series
import Time

/// Samples from before the start that come in after it.
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
    /// The metrics of which there may be samples of series that this process has read already.
    private var lateMetrics: Set<String> = []

    var isEmpty: Bool { series.isEmpty }
    var seriesCount: Int { series.count }

    mutating func add(_ chunks: [SealedChunk], of labels: Labels) {
        guard let last = chunks.map(\.last).max() else { return }
        series[labels, default: []] += chunks
        newest = max(newest ?? last, last)
    }

    /// Like `add`, while the agent reads samples already.
    mutating func addLate(_ chunks: [SealedChunk], of labels: Labels) {
        add(chunks, of: labels)
        lateMetrics.insert(labels.metricName)
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
    ///
    /// - Returns: the series that take the place of others.
    mutating func wakeKnown(in store: inout SeriesStore) -> [SeriesReference: SeriesReference] {
        guard mayWake, !lateMetrics.isEmpty else { return [:] }
        let known = lateMetrics.flatMap { name in
            store.select([LabelMatcher(name: Labels.metricNameLabel, .equal(name))])
                .filter { series[store.labels(of: $0)] != nil }
        }
        lateMetrics = []
        let own = known.map { reference in
            (
                reference: reference, labels: store.labels(of: reference),
                samples: store.rawSamples(
                    of: reference,
                    after: .distantPast,
                    through: .distantFuture
                )
            )
        }
        // A series takes samples in order of time only.
        store.remove(known)
        var successors: [SeriesReference: SeriesReference] = [:]
        for (reference, labels, samples) in own {
            guard let first = samples.first else { continue }
            wake(labels, in: &store, before: first.timestamp)
            guard let successor = store.reference(for: labels) else { continue }
            for sample in samples {
                store.append(to: successor, sample.value, at: sample.timestamp)
            }
            successors[reference] = successor
        }
        return successors
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
