import Cycle
import GES
import Time

/// What a round knows of the rounds before.
struct CloudEyeKnowledge: Sendable {
    /// The metrics that each graph has; nil while that is not known, and everything is asked for.
    var listed: [String: Set<CloudEyeMetric>]?
    /// The graphs whose metrics were listed.
    var listedGraphs: Set<String> = []
    /// When they were listed, in elapsed time.
    var listedAt: Duration?
    /// The time of the newest value of each metric, by graph.
    var newest: [String: [CloudEyeMetric: Timestamp]] = [:]
    /// The graph to begin with: the first one that was not asked for.
    var next: String?
    /// Series that the service refuses, until when in elapsed time.
    var refused: [CloudEyeSeries: Duration] = [:]
    /// Metrics that the service refuses for every graph, until when in elapsed time.
    var refusedMetrics: [CloudEyeMetric: Duration] = [:]
    /// Parts of failed queries, each to be asked for alone.
    var suspects: [[CloudEyeSeries]] = []

    /// Metrics appear and vanish with versions of the service, not by the minute.
    private static let listingAge = Duration.seconds(15 * 60)
    /// A new graph has no metrics for ten minutes anyway.
    private static let listingAgeWithNewGraphs = Duration.seconds(5 * 60)
    static let refusalTime = Duration.seconds(3600)

    func isListingDue(of graphs: Set<String>, at now: Duration) -> Bool {
        guard let listedAt else { return true }
        let isNew = !graphs.isSubset(of: listedGraphs)
        return now - listedAt >= (isNew ? Self.listingAgeWithNewGraphs : Self.listingAge)
    }

    /// What to ask for, graph by graph, beginning with those that were not asked for last time.
    func wanted(
        of graphs: Set<String>,
        _ tier: MetricTier,
        at now: Duration
    ) -> [CloudEyeSeries] {
        let metrics = CloudEyeMetric.allCases.filter {
            $0.graphMetric.tier <= tier && refusedMetrics[$0] == nil
        }
        let sorted = graphs.sorted()
        let start = next.flatMap { next in sorted.firstIndex { $0 >= next } } ?? 0
        return (sorted[start...] + sorted[..<start]).flatMap { id in
            metrics.map { CloudEyeSeries(graphID: id, metric: $0) }
        }.filter { series in
            if let until = refused[series], until > now { return false }
            guard let listed, listedGraphs.contains(series.graphID) else { return listed == nil }
            return listed[series.graphID]?.contains(series.metric) ?? false
        }
    }

    /// Forgets graphs that are gone, and times that are ahead of a clock that was set back.
    mutating func keep(_ graphs: Set<String>, at now: Duration, wall: Timestamp) {
        newest = newest.filter { graphs.contains($0.key) }
        for (id, times) in newest where times.values.contains(where: { $0 > wall }) {
            let past = times.filter { $0.value <= wall }
            newest[id] = past.isEmpty ? nil : past
        }
        refused = refused.filter { graphs.contains($0.key.graphID) && $0.value > now }
        refusedMetrics = refusedMetrics.filter { $0.value > now }
        listedGraphs.formIntersection(graphs)
        listed = listed?.filter { graphs.contains($0.key) }
    }
}

extension CloudEyeMetric {
    /// The metric under its name in rules. The pairs are fixed, and a test compares them.
    var graphMetric: GraphMetric { Self.graphMetrics[self] ?? .lastSample }

    private static let graphMetrics: [CloudEyeMetric: GraphMetric] = Dictionary(
        uniqueKeysWithValues: GraphMetric.ofCloudEye.compactMap { metric in
            metric.cloudEye.flatMap { CloudEyeMetric(rawValue: $0.id) }.map { ($0, metric) }
        }
    )
}
