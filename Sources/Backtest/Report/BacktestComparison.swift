package import Time

/// The decisions of several policies side by side. Those on one graph in one hang share a row.
package struct BacktestComparison: Sendable {
    /// What one policy decided.
    package struct Cell: Hashable, Sendable {
        package var at: Timestamp
        package var outcome: GraphOutcome
    }

    package struct Row: Hashable, Sendable {
        package var graphID: String
        package var graphName: String
        /// One for each policy; nil for one that did not decide on it.
        package var cells: [Cell?]
    }

    private struct Hang: Hashable {
        let graphID: String
        let end: Timestamp
        /// A policy may decide several times in one hang.
        var number = 0
    }

    /// In order of time.
    package let rows: [Row]

    package init(_ results: [BacktestResult]) {
        var rows: [Hang: Row] = [:]
        for (policy, result) in results.enumerated() {
            var counts: [Hang: Int] = [:]
            for decision in result.decisions {
                var hang = Hang(graphID: decision.graphID, end: decision.hangEnd ?? decision.at)
                counts[hang, default: 0] += 1
                hang.number = counts[hang] ?? 0
                var row =
                    rows[hang]
                    ?? Row(
                        graphID: decision.graphID,
                        graphName: decision.graphName,
                        cells: Array(repeating: nil, count: results.count)
                    )
                row.cells[policy] = Cell(at: decision.at, outcome: decision.outcome)
                rows[hang] = row
            }
        }
        self.rows = rows.sorted { left, right in
            (left.value.first, left.key.graphID, left.key.end, left.key.number)
                < (right.value.first, right.key.graphID, right.key.end, right.key.number)
        }.map(\.value)
    }
}

extension BacktestComparison.Row {
    fileprivate var first: Timestamp { cells.compactMap { $0?.at }.min() ?? .distantPast }
}
