/// The guard against a common cause. When many graphs look sick at once (a *storm*) the fault is
/// likelier in the agent, the network or the provider than in each of the graphs, and restarting
/// them would turn a fault of the path into an outage.
package struct Breaker: Hashable, Sendable {
    /// From here on a person must approve each restart.
    package var soft = Threshold(graphs: 3, percent: 2)
    /// From here on nothing is restarted.
    package var hard = Threshold(graphs: 5, percent: 5)

    package init() {}

    package init(soft: Threshold, hard: Threshold) {
        self.soft = soft
        self.hard = hard
    }

    /// The storm that so many sick graphs are; nil if they are none.
    package func level(sick: Int, fleetSize: Int) -> StormLevel? {
        if sick >= hardCount(fleetSize: fleetSize) { return .hard }
        return sick >= soft.count(fleetSize: fleetSize) ? .soft : nil
    }

    /// From how many sick graphs on nothing is restarted. A fleet in which nothing is well is a
    /// storm however small it is: then the fault is likelier in what all graphs share. A single
    /// graph is no fleet, and may be restarted.
    func hardCount(fleetSize: Int) -> Int {
        min(hard.count(fleetSize: fleetSize), max(fleetSize, 2))
    }

    /// A number of graphs or a share of the fleet, whichever is the larger count.
    package struct Threshold: Hashable, Sendable {
        package var graphs: Int
        /// 0 to 100.
        package var percent: Double

        package init(graphs: Int, percent: Double) {
            self.graphs = graphs
            self.percent = percent
        }

        /// From how many sick graphs on the threshold is reached. At least one, because a
        /// threshold of zero would be reached by a healthy fleet.
        package func count(fleetSize: Int) -> Int {
            let share = min(max(Double(fleetSize) * percent / 100, 0), Double(Int32.max))
            let whole = Int(share)
            return max(1, graphs, Double(whole) < share ? whole + 1 : whole)
        }
    }
}

package enum StormLevel: String, Hashable, Sendable {
    /// A person must approve each restart.
    case soft
    /// Nothing is restarted.
    case hard
}
