import Series
import Time

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
