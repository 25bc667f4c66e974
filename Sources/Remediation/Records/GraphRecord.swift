package import Time

/// All that must survive about one graph. A graph that was never acted upon has none.
package struct GraphRecord: Hashable, Sendable, Codable {
    package let id: GraphID
    package var phase: Phase = .idle
    /// Intents so far; never goes back.
    package var attemptCount: Int = 0
    /// The attempts young enough to count, oldest first.
    package var attempts: [Attempt] = []
    /// Attempts before this moment no longer count against this graph.
    package var acknowledgedAt: Timestamp?
    /// Intents in a row that were never sent; each doubles the wait before the next.
    package var unsentInARow: Int = 0
    /// Since when a complete view no longer shows the graph.
    package var missingSince: Timestamp?

    package init(id: GraphID) {
        self.id = id
    }
}

extension GraphRecord {
    mutating func change(_ intent: Intent, _ change: (inout Attempt) -> Void) {
        guard let index = attempts.lastIndex(where: { $0.intentID == intent.id }) else { return }
        change(&attempts[index])
    }
}
