import GES
import Time

/// One query of Cloud Eye.
struct CloudEyeBatch: Hashable, Sendable {
    var series: [CloudEyeSeries]
    /// The start of the time range.
    var from: Timestamp
    let to: Timestamp
    /// Whether it is a part of a query that failed.
    var isPart = false

    /// How far back values are read that are not known: Cloud Eye has them five to ten minutes late.
    static let longestSpan = Duration.seconds(15 * 60)

    /// Whether the batch may have one more series that is read from that time.
    fileprivate func hasRoom(from start: Timestamp) -> Bool {
        let count = series.count + 1
        let span = to - min(from, start)
        let points = (span.wholeMilliseconds + 59_999) / 60_000 + 1
        return count <= GESClient.cloudEyeBatchSize
            && Int64(count) * points <= Int64(GESClient.cloudEyePoints)
    }

    fileprivate mutating func add(_ new: CloudEyeSeries, from start: Timestamp) {
        series.append(new)
        from = min(from, start)
    }

    /// Both halves; nil for a batch of one series.
    var halves: [CloudEyeBatch]? {
        guard series.count > 1 else { return nil }
        let middle = series.count / 2
        return [series[..<middle], series[middle...]].map {
            CloudEyeBatch(series: Array($0), from: from, to: to, isPart: true)
        }
    }

    /// Divides series into few batches, in their order. Those of which nothing is known are read
    /// from further back, and so are kept apart.
    ///
    /// - Parameter newest: the time of the newest value of each metric, by graph.
    static func batches(
        of series: [CloudEyeSeries],
        newest: [String: [CloudEyeMetric: Timestamp]],
        to: Timestamp
    ) -> [CloudEyeBatch] {
        let earliest = to - longestSpan
        var finished: [CloudEyeBatch] = []
        var open: [Bool: CloudEyeBatch] = [:]
        for one in series {
            let known = newest[one.graphID]?[one.metric]
            let start = known.map { min(max($0, earliest), to) } ?? earliest
            let isKnown = start > earliest
            if let full = open[isKnown], !full.hasRoom(from: start) {
                finished.append(full)
                open[isKnown] = nil
            }
            open[isKnown, default: CloudEyeBatch(series: [], from: to, to: to)]
                .add(one, from: start)
        }
        // A query of no length is refused.
        return (finished + [false, true].compactMap { open[$0] }).map { batch in
            var batch = batch
            batch.from = min(batch.from, to - .seconds(60))
            return batch
        }
    }
}
