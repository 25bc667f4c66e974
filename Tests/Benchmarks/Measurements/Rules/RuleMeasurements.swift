/// Both sides are measured alternately, so that other load on the machine affects both.
package struct RuleMeasurements {
    package struct Pair {
        package var ours: [Double] = []
        package var theirs: [Double] = []
    }

    /// In seconds.
    package var cycle = Pair()
    /// In seconds.
    package var query = Pair()
    /// In megabytes.
    package var memory = Pair()
    package var alerts = 0
    /// nil if both raise the same alerts.
    package var disagreement: String?

    package struct Bounds: Sendable {
        package let cycle: Double?
        package let query: Double
        package let memory: Double

        package init(cycle: Double?, query: Double, memory: Double) {
            self.cycle = cycle
            self.query = query
            self.memory = memory
        }
    }

    package func rows(anchor: String, _ bounds: Bounds) -> [Row] {
        [
            row("12 rules over all graphs", "ms", anchor, bounds.cycle, cycle, 1000),
            row("graph_probe_success == 0", "ms", anchor, bounds.query, query, 1000),
            row("memory with an hour of samples", "MB", anchor, bounds.memory, memory, 1),
        ]
    }

    private func row(
        _ name: String,
        _ unit: String,
        _ anchor: String,
        _ bound: Double?,
        _ pair: Pair,
        _ factor: Double
    ) -> Row {
        Row(
            name,
            unit: unit,
            anchor: anchor,
            atLeast: bound,
            ours: Distribution(pair.ours).times(factor),
            theirs: Distribution(pair.theirs).times(factor)
        )
    }
}
