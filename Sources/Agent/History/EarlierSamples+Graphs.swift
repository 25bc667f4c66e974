import Cycle
import Series
import Time

/// A rule must not see one metric of a graph with samples from before the start and another one
/// without, or with samples of a shorter time: so all series of a graph are used together, or none.
extension [EarlierSamples.Series] {
    /// The series in the order for `takeGraphs`.
    ///
    /// - Parameters:
    ///   - disputed: graphs that are left out; the empty text stands for the series of the fleet.
    ///   - begin: chunks that begin earlier are left out.
    func inOrder(without disputed: Set<String>, from begin: Timestamp) -> Self {
        compactMap { disputed.contains($0.graphID) ? nil : $0.from(begin) }
            .sorted { $0.graphID > $1.graphID }
    }

    /// Removes about so many series from the end, all of each graph. Those of the fleet come first.
    mutating func takeGraphs(ofSeries count: Int) -> Self {
        var cut = Swift.max(0, self.count - count)
        while cut > 0, cut < self.count, self[cut - 1].graphID == self[cut].graphID { cut -= 1 }
        defer { removeSubrange(cut...) }
        return Array(self[cut...])
    }
}

extension EarlierSamples.Series {
    /// Empty for a series of the fleet.
    fileprivate var graphID: String { labels["graph_id"] }

    /// nil if nothing is left.
    fileprivate func from(_ begin: Timestamp) -> Self? {
        let later = chunks.filter { $0.start >= begin }
        return later.isEmpty ? nil : Self(labels: labels, chunks: later)
    }
}
