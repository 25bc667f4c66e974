package import Time

/// The decisions of several policies side by side.
package struct BacktestComparison: Sendable {
    package struct Row: Sendable {
        package var graphID: String
        package var graphName: String
        package var outcome: GraphOutcome
        /// When each policy decided on it; nil for one that did not.
        package var times: [Timestamp?]
    }

    /// In order of time.
    package let rows: [Row]

    /// Decisions on one graph within this time are about the same hang.
    private static let span = Duration.seconds(3600)

    package init(_ results: [BacktestResult]) {
        var rows: [Row] = []
        for (policy, result) in results.enumerated() {
            for decision in result.decisions {
                let known = rows.firstIndex { row in
                    guard row.graphID == decision.graphID, row.times[policy] == nil else {
                        return false
                    }
                    return row.times.contains { time in
                        time.map { max($0, decision.at) - min($0, decision.at) <= Self.span }
                            ?? false
                    }
                }
                if let known {
                    rows[known].times[policy] = decision.at
                    continue
                }
                var times = [Timestamp?](repeating: nil, count: results.count)
                times[policy] = decision.at
                rows.append(
                    Row(
                        graphID: decision.graphID,
                        graphName: decision.graphName,
                        outcome: decision.outcome,
                        times: times
                    )
                )
            }
        }
        self.rows = rows.sorted { left, right in
            (left.first, left.graphID) < (right.first, right.graphID)
        }
    }
}

extension BacktestComparison.Row {
    fileprivate var first: Timestamp { times.compactMap(\.self).min() ?? .distantPast }
}
