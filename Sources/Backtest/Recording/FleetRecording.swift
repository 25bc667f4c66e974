// Backtest asks what rules and a policy would have restarted over recorded history.
//
// It is pure: a recording in, decisions with their reasons and outcomes out. The decisions are those
// of `Cycle`, the same code as in the agent. Backtest only turns recorded series back into the
// readings that they came from, and plays the part of the cloud after a restart that nobody sent.
//
//   Recording  the series of an agent over time, compressed, and the reader that fills them
//   Replay     from series to readings, step by step; what is supposed after a restart
//   Report     what became of each graph, and how it is told

package import Cycle
package import Time

/// What an agent exported over time.
///
/// Most series rarely change, so each is stored as runs of equal values over a common axis of times.
package struct FleetRecording: Sendable {
    struct Run: Hashable, Sendable {
        /// The first and the number of places on the axis.
        var start: Int32
        var count: Int32
        var value: Double

        var end: Int32 { start + count }
    }

    struct Series: Sendable {
        let metric: GraphMetric
        /// The place of the graph in `graphIDs`; nil for a series of the fleet.
        var graph: Int?
        /// The label values without the graph, in the order of `GraphMetric.labelNames`.
        let labels: [String]
        var runs: [Run]
    }

    /// The times of the samples in milliseconds, in order.
    package internal(set) var times: [Int64] = []
    package internal(set) var graphIDs: [String] = []
    var series: [Series] = []
    /// When polls began, in milliseconds; the value of `ges_graph_last_sample_timestamp_seconds`.
    var pollTimes: [Int64] = []
    /// For each time, the poll that most series of that metric name. Values are differences from it.
    var usualPolls: [Int32] = []
    /// Samples that were read and used.
    package internal(set) var sampleCount = 0

    /// From the first sample to the last.
    package var span: Duration {
        guard let first = times.first, let last = times.last else { return .zero }
        return .milliseconds(last - first)
    }

    /// The usual time between two polls as far as the recording shows them; nil if there are fewer
    /// than three.
    package var interval: Duration? {
        let polls = Set(usualPolls.lazy.filter { $0 >= 0 }.prefix(10_000)).sorted()
        let moments = polls.map { pollTimes[Int($0)] }.sorted()
        guard moments.count > 2 else { return nil }
        let gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }.sorted()
        return .milliseconds(gaps[gaps.count / 2])
    }

    package func has(_ metric: GraphMetric) -> Bool { series.contains { $0.metric == metric } }

    /// When the first sample of a metric was taken; nil if there is none. Work is not seen all the
    /// time, so a metric that begins late may only have had nothing to tell.
    package func begin(of metric: GraphMetric) -> Timestamp? {
        series.lazy.filter { $0.metric == metric }.compactMap(\.runs.first?.start).min()
            .map { Timestamp(milliseconds: times[Int($0)]) }
    }

    /// The tags of graphs that were recorded.
    package var tags: Set<String> {
        Set(series.lazy.filter { $0.metric == .tagInfo }.compactMap(\.labels.first))
    }
}
