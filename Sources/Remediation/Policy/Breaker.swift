/// When so many graphs look sick at once that the fault is likelier in the watcher, the network or
/// the provider.
package struct Breaker: Hashable, Sendable {
    /// Reached: a person has to agree to each restart.
    package var soft = Threshold(graphs: 3, percent: 2)
    /// Reached: no action at all.
    package var hard = Threshold(graphs: 5, percent: 5)

    package init() {}

    package init(soft: Threshold, hard: Threshold) {
        self.soft = soft
        self.hard = hard
    }

    /// Which of the two is reached. A fleet in which nothing is well is a storm of its own: then
    /// the fault is likelier in the watcher, or in what all graphs share.
    package func level(sick: Int, fleetSize: Int) -> StormLevel? {
        if sick >= hardCount(fleetSize: fleetSize) { return .hard }
        return sick >= soft.count(fleetSize: fleetSize) ? .soft : nil
    }

    /// From how many sick graphs on nothing is done at all.
    func hardCount(fleetSize: Int) -> Int {
        min(hard.count(fleetSize: fleetSize), max(fleetSize, 2))
    }

    /// A number of graphs, or a share of the fleet, whichever is the larger count.
    package struct Threshold: Hashable, Sendable {
        package var graphs: Int
        package var percent: Double

        package init(graphs: Int, percent: Double) {
            self.graphs = graphs
            self.percent = percent
        }

        /// Sick graphs, out of `fleetSize`, from which on the threshold counts as reached; at
        /// least one, because a threshold of nothing would be reached by a healthy fleet.
        package func count(fleetSize: Int) -> Int {
            let share = min(max(Double(fleetSize) * percent / 100, 0), Double(Int32.max))
            let whole = Int(share)
            return max(1, graphs, Double(whole) < share ? whole + 1 : whole)
        }
    }
}

package enum StormLevel: String, Hashable, Sendable {
    case soft
    case hard
}
