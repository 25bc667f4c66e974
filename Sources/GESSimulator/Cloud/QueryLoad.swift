package import Time

/// The queries that run in a graph: the same ones, or others every now and then.
package struct QueryLoad: Hashable, Sendable {
    package var count: Int
    package var since: Timestamp
    /// How long each query runs before the next one replaces it; nil for queries that never end.
    package var change: Duration?
    /// Whether each query ends because its client has waited for too long.
    package var isKilled: Bool

    package init(count: Int, since: Timestamp, change: Duration?, isKilled: Bool = false) {
        self.isKilled = isKilled
        self.count = count
        self.since = since
        self.change = change
    }

    struct Query: Hashable, Sendable {
        let id: String
        let begin: Timestamp
        /// 0 to 1.
        let progress: Double
    }

    func queries(at now: Timestamp) -> [Query] {
        let step = change.map { max(1, $0.wholeMilliseconds) }
        let passed = max(0, (now - since).wholeMilliseconds)
        let round = step.map { passed / $0 } ?? 0
        let begin = since + .milliseconds(round * (step ?? 0))
        let part = step.map { Double(passed % $0) / Double($0) } ?? 0
        return (0..<count).map {
            Query(id: "query-\($0)-\(round)", begin: begin, progress: isKilled ? 0 : part)
        }
    }
}
