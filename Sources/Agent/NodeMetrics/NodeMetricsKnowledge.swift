/// What a round knows of the rounds before. Pure: time is an argument.
struct NodeMetricsKnowledge: Sendable {
    /// A graph that is left alone for a while.
    private struct Rest: Sendable {
        /// In elapsed time.
        var until: Duration
        /// Failures in succession.
        var failures = 0
        /// Whether its version lacks om/metrics.
        var isUnsupported = false
    }

    private var rests: [String: Rest] = [:]
    /// The graph to begin with: the first one that was not asked.
    var next: String?

    /// An upgrade brings om/metrics.
    static let unsupportedTime = Duration.seconds(3600)
    private static let longestRest = Duration.seconds(3600)
    private static let maximumDoublings = 4

    /// How many graphs have a version that lacks om/metrics.
    var unsupportedCount: Int { rests.values.count { $0.isUnsupported } }

    /// The graphs to ask, in order.
    func wanted(of graphs: Set<String>, at now: Duration) -> [String] {
        let sorted = graphs.sorted()
        let start = next.flatMap { next in sorted.firstIndex { $0 >= next } } ?? 0
        return (sorted[start...] + sorted[..<start]).filter { id in
            rests[id].map { $0.until <= now } ?? true
        }
    }

    /// Forgets all other graphs.
    mutating func keep(_ graphs: Set<String>) {
        rests = rests.filter { graphs.contains($0.key) }
    }

    mutating func noteAnswer(of graph: String) { rests[graph] = nil }

    /// - Parameter began: when the round began, in elapsed time.
    mutating func noteUnsupported(_ graph: String, roundBegan began: Duration) {
        rests[graph] = Rest(until: began + Self.unsupportedTime, isUnsupported: true)
    }

    /// The first failure costs no round, later ones 1, 3, 7 and up to 15.
    ///
    /// - Parameter until: when the graph wants to be asked again.
    mutating func noteFailure(
        of graph: String,
        interval: Duration,
        roundBegan began: Duration,
        until: Duration = .zero
    ) {
        let failures = (rests[graph]?.failures ?? 0) + 1
        let factor = 1 << min(failures - 1, Self.maximumDoublings)
        let rest = min(interval * factor, Self.longestRest) - interval / 2
        rests[graph] = Rest(until: max(began + rest, until), failures: failures)
    }

    /// A person may have repaired what failed.
    mutating func forgetRests() { rests = [:] }
}
