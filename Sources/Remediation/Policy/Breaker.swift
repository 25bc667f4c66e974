/// The guard against a common cause. When many graphs look sick at once (a *storm*) the fault is
/// likelier in the agent, the network or the provider than in each of the graphs, and restarting
/// them would turn a fault of the path into an outage.
package struct Breaker: Hashable, Sendable {
    /// From here on a person must approve each restart.
    package var soft = Threshold(graphs: 3)
    /// From here on nothing is restarted.
    package var hard = Threshold(graphs: 5)
    /// Graphs that became sick within this time may have a cause in common.
    package var within: Duration = .seconds(30 * 60)
    /// How long a storm must be below half of its threshold to be over. Only newly sick graphs
    /// count, so what it holds itself does not keep it up, unless nothing answers any more.
    package var settle: Duration = .seconds(15 * 60)

    package init() {}

    package init(soft: Threshold, hard: Threshold) {
        self.soft = soft
        self.hard = hard
    }

    /// A number of graphs, a share of the population, or whichever is the smaller count of both.
    package struct Threshold: Hashable, Sendable {
        package var graphs: Int
        /// 0 to 100; nil if only the number counts.
        package var percent: Double?

        package init(graphs: Int, percent: Double? = nil) {
            self.graphs = graphs
            self.percent = percent
        }

        /// From how many sick graphs on the threshold is reached. At least two: one graph has
        /// nothing in common with others.
        package func count(populationSize: Int) -> Int {
            guard let percent else { return max(2, graphs) }
            let share = min(max(Double(populationSize) * percent / 100, 0), Double(Int32.max))
            let whole = Int(share)
            return max(2, min(graphs, Double(whole) < share ? whole + 1 : whole))
        }
    }
}

package enum StormLevel: String, Hashable, Sendable {
    /// A person must approve each restart.
    case soft
    /// Nothing is restarted.
    case hard
}

extension StormLevel: Comparable {
    package static func < (lhs: StormLevel, rhs: StormLevel) -> Bool {
        lhs == .soft && rhs == .hard
    }
}
